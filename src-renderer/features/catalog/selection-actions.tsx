import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { PICTURE } from '../../texts/picture.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { useIndexAgain } from '../../ui/picture/use-index-again.ts';
import type { WhichPictures } from '../../ui/picture/use-remove-pictures.ts';
import { RemoveButton } from './remove-button.tsx';

const texts = PICTURE.again;

interface SelectionActionsProps {
  catalog: string;
  which: WhichPictures;
  onCompare(ids: string[]): void;
  onDone(): void;
}

/** What can be done with selected pictures, or with all that match. */
export function SelectionActions({ catalog, which, onCompare, onDone }: SelectionActionsProps): ReactNode {
  const mayChange = useMayChange();
  const indexAgain = useIndexAgain();
  const count = 'ids' in which ? which.ids.length : which.total;

  async function again(): Promise<void> {
    if ('filter' in which) await indexAgain.mutateAsync({ filter: [...which.filter], catalog });
    else await indexAgain.mutateAsync({ image_ids: [...which.ids], catalog });
    onDone();
  }

  return (
    <>
      {'ids' in which && (
        <Button size="compact-sm" variant="default" disabled={count < 2} onClick={() => onCompare([...which.ids])}>
          {PICTURE.compare.action(formatCount(count))}
        </Button>
      )}
      <ConfirmButton
        size="compact-sm"
        disabled={!mayChange || count === 0}
        question={texts.question(count, formatCount(count))}
        text={texts.text}
        confirm={texts.action}
        onConfirm={again}
      >
        {texts.action}
      </ConfirmButton>
      <RemoveButton catalog={catalog} which={which} isDisabled={!mayChange} onRemoved={onDone} />
    </>
  );
}
