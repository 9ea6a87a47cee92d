import { Button, Group, Modal, Stack, Text, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { UI } from '../texts/ui.ts';
import { ErrorState } from './error-state.tsx';

interface ConfirmButtonProps extends ButtonProps {
  /** On the button. */
  children: ReactNode;
  /** Asks once, and names the count: "Cancel 1,204 tasks?" */
  question: string;
  /** What follows from it. */
  text?: string;
  /** On the button that does it: the verb again, never "OK". */
  confirm: string;
  /** On the button that does nothing; "Cancel" does not do beside a verb that is called so. */
  keep?: string;
  onConfirm(): Promise<unknown>;
}

/** For what cannot be taken back. It stays open, with what was wrong, where it did not work. */
export function ConfirmButton({ question, text, confirm, keep, onConfirm, children, ...button }: ConfirmButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function run(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      setOpen(false);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button variant="default" size="xs" {...button} onClick={() => setOpen(true)}>
        {children}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={question} centered>
        <Stack gap="md">
          {text && <Text>{text}</Text>}
          {error !== null && <ErrorState error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
              {keep ?? UI.cancel}
            </Button>
            <Button color="red" loading={isBusy} onClick={() => void run()}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
