import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { formatPercent } from '../../lib/format.ts';
import { SEARCH } from '../../texts/search.ts';
import { drawn, regionOfText, stepped, textOfRegion, type Region } from './region.ts';
import classes from './search.module.css';

const texts = SEARCH.cut;
/** Where one begins who has not drawn yet. */
const MIDDLE: Region = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

interface CutDialogProps {
  isOpen: boolean;
  /** Address of the whole picture. */
  url: string;
  region: string | undefined;
  onClose(): void;
  onCut(region: string | undefined): void;
}

export function CutDialog({ isOpen, onClose, ...rest }: CutDialogProps): ReactNode {
  return (
    <Modal opened={isOpen} onClose={onClose} title={texts.title} size="auto" centered>
      <Cut {...rest} onClose={onClose} />
    </Modal>
  );
}

function Cut({ url, region: given, onClose, onCut }: Omit<CutDialogProps, 'isOpen'>): ReactNode {
  const [region, setRegion] = useState<Region>(given === undefined ? MIDDLE : regionOfText(given));
  const [isShown, setShown] = useState(true);
  const frame = useRef<HTMLDivElement>(null);
  const from = useRef<{ x: number; y: number } | null>(null);

  function at({ clientX, clientY }: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = frame.current!.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  function onPointerDown(event: PointerEvent): void {
    event.preventDefault(); // else the picture itself is dragged
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = at(event);
  }

  function onPointerMove(event: PointerEvent): void {
    const next = from.current && drawn(from.current, at(event));
    if (next) setRegion(next);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const next = stepped(region, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    setRegion(next);
  }

  function finish(text: string | undefined): void {
    onCut(text);
    onClose();
  }

  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" id="cut-hint">
        {isShown ? texts.hint : SEARCH.picture.notShown}
      </Text>
      {isShown && (
        <div
          ref={frame}
          className={classes.cut}
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={() => (from.current = null)}
          onPointerCancel={() => (from.current = null)}
        >
          <img src={url} alt={texts.whole} draggable={false} onError={() => setShown(false)} />
          <div
            className={classes.cutPart}
            role="group"
            tabIndex={0}
            data-autofocus
            aria-label={texts.part(formatPercent(region.width), formatPercent(region.height))}
            aria-describedby="cut-hint"
            onKeyDown={onKeyDown}
            style={{
              left: share(region.x),
              top: share(region.y),
              width: share(region.width),
              height: share(region.height),
            }}
          />
        </div>
      )}
      <Group justify="flex-end" gap="sm">
        {given !== undefined && (
          <Button variant="default" onClick={() => finish(undefined)}>
            {texts.noPart}
          </Button>
        )}
        <Button disabled={!isShown} onClick={() => finish(textOfRegion(region))}>
          {texts.confirm}
        </Button>
      </Group>
    </Stack>
  );
}

function share(value: number): string {
  return `${(value * 100).toFixed(2)}%`;
}
