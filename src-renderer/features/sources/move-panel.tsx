import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useApi, useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SOURCES } from '../../texts/sources.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { FolderPicker } from '../../ui/folder-picker/folder-picker.tsx';
import { notifyDone } from '../../ui/notify.ts';
import { Panel } from '../../ui/panel.tsx';
import type { Source } from './leave-panels.tsx';
import { useRefresh } from './use-refresh.ts';

const texts = SOURCES.move;

/** Says where a source lies now. */
export function MovePanel({ source }: { source: Source }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  const mayChange = useMayChange();
  return (
    <Panel title={texts.title}>
      <Stack gap="sm" align="start">
        <Text size="sm" c="dimmed">
          {texts.text}
        </Text>
        <Button size="xs" variant="default" disabled={!mayChange} onClick={() => setOpen(true)}>
          {texts.start}
        </Button>
      </Stack>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={texts.title} size={720} centered>
        <MoveForm source={source} onClose={() => setOpen(false)} />
      </Modal>
    </Panel>
  );
}

function MoveForm({ source, onClose }: { source: Source; onClose(): void }): ReactNode {
  const api = useApi();
  const refresh = useRefresh();
  const [path, setPath] = useState<string | null>(null);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (to: string) => api.sources.move.call({ source_id: source.id, path: to }),
    onSuccess: async ({ moved }) => {
      notifyDone(texts.moved(moved, formatCount(moved)));
      onClose();
      await refresh();
    },
  });
  const canMove = path !== null && path !== source.path;
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {source.path}
      </Text>
      <FolderPicker value={path} onChange={setPath} takesFiles />
      {error && <ErrorState error={error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {UI.cancel}
        </Button>
        <Button disabled={!canMove} loading={isPending} onClick={() => path !== null && mutate(path)}>
          {canMove ? texts.confirm(nameOfPath(path)) : texts.nothing}
        </Button>
      </Group>
    </Stack>
  );
}
