import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { FolderPicker } from '../../ui/folder-picker/folder-picker.tsx';
import type { Model } from './use-models.ts';

const texts = SETTINGS.models;

interface AddModelProps {
  models: readonly Model[];
  /** Rejects with what was wrong. */
  onAdd(path: string, as: string | null): Promise<void>;
}

/** For machines without a network. */
export function AddModel({ models, onAdd }: AddModelProps): ReactNode {
  const mayChange = useMayChange();
  const [isOpen, setOpen] = useState(false);
  const [path, setPath] = useState<string | null>(null);
  const [as, setAs] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  async function run(): Promise<void> {
    if (path === null) return;
    setBusy(true);
    setError(null);
    try {
      await onAdd(path, as);
      setOpen(false);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button size="xs" variant="default" disabled={!mayChange} onClick={() => setOpen(true)}>
        {texts.add}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={texts.addTitle} size="lg">
        <Stack gap="md">
          <Text c="dimmed">{texts.addText}</Text>
          <FolderPicker value={path} onChange={setPath} />
          <Select
            label={texts.addAs}
            description={texts.addAsText}
            clearable
            data={models
              .filter(({ installed }) => !installed)
              .map(({ id, title }) => ({ value: id, label: title ?? id }))}
            value={as}
            onChange={setAs}
          />
          {error !== null && <ErrorState error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setOpen(false)}>
              {UI.cancel}
            </Button>
            <Button disabled={path === null} loading={isBusy} onClick={() => void run()}>
              {texts.addDo}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
