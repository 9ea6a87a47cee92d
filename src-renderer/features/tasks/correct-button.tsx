import { Button, Modal, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { TASKS } from '../../texts/tasks.ts';
import { CorrectForm } from './correct-form.tsx';
import { named } from './use-acts.ts';
import type { Chosen } from './which.ts';

interface CorrectButtonProps extends ButtonProps {
  chosen: Chosen;
  /** Null: nobody knows. */
  count: number | null;
  onDone?(): void;
}

/** Asks what shall be different, and lets the chosen tasks run again with that. */
export function CorrectButton({ chosen, count, onDone, ...button }: CorrectButtonProps): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" {...button} onClick={() => setOpen(true)}>
        {TASKS.correct.button}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={TASKS.correct.title(named(count))} size="lg">
        <CorrectForm
          chosen={chosen}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onDone?.();
          }}
        />
      </Modal>
    </>
  );
}
