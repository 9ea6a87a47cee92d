import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useRef, useState, type ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { useRemovePictures, type WhichPictures } from '../../ui/picture/use-remove-pictures.ts';
import { TaskProgress } from '../../ui/task-progress.tsx';

const texts = PICTURE.remove;

interface RemoveButtonProps {
  catalog: string;
  which: WhichPictures;
  isDisabled: boolean;
  onRemoved(): void;
}

/** Takes any number of pictures out of the index: asks once, shows how far it is, and can be stopped. */
export function RemoveButton({ catalog, which, isDisabled, onRemoved }: RemoveButtonProps): ReactNode {
  const remove = useRemovePictures();
  const [isOpen, setOpen] = useState(false);
  const [running, setRunning] = useState<Running | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController>(null);
  const count = 'ids' in which ? which.ids.length : which.total;

  function close(): void {
    stop.current?.abort();
    setOpen(false);
  }

  async function run(): Promise<void> {
    const startedAt = performance.now();
    const { signal } = (stop.current = new AbortController());
    setError(null);
    setRunning({ done: 0, total: count, rate: null });
    try {
      await remove(which, catalog, {
        signal,
        onStep: (done) => setRunning({ done, total: count, rate: done / ((performance.now() - startedAt) / 1_000) }),
      });
      setOpen(false);
      onRemoved();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setRunning(null);
    }
  }

  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isDisabled || count === 0}
        onClick={() => {
          setError(null);
          setOpen(true);
        }}
      >
        {texts.confirm}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={texts.question(running?.total ?? count, formatCount(running?.total ?? count))}
        centered
      >
        <Stack gap="md">
          <Text>{texts.text}</Text>
          {running && <TaskProgress label={texts.progress} {...running} />}
          {error !== null && <ErrorState error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close} data-autofocus>
              {running ? texts.stop : UI.cancel}
            </Button>
            <Button color="red" loading={running !== null} onClick={() => void run()}>
              {texts.confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

interface Running {
  done: number;
  total: number;
  /** Pictures a second. */
  rate: number | null;
}
