import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { OPEN_STATES } from '../../../src-core/domain/task.ts';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { useChangeCatalogs, type Catalog } from './use-change-catalogs.ts';

const texts = CATALOG.remove;

interface DeleteDialogProps {
  isOpen: boolean;
  catalog: Catalog;
  onClose(): void;
}

/** A catalog is many hours of work: its name has to be typed. */
export function DeleteDialog({ isOpen, catalog, onClose }: DeleteDialogProps): ReactNode {
  return (
    <Modal opened={isOpen} onClose={onClose} title={texts.title(catalog.name)} centered>
      <DeleteForm catalog={catalog} onClose={onClose} />
    </Modal>
  );
}

function DeleteForm({ catalog, onClose }: Omit<DeleteDialogProps, 'isOpen'>): ReactNode {
  const { name, images } = catalog;
  const [typed, setTyped] = useState('');
  const { remove } = useChangeCatalogs();
  const { queue } = useApi();
  const tasks = useQuery(queue.count.queryOptions({ input: { catalog: catalog.id, state: [...OPEN_STATES] } }));
  const open = tasks.data?.count;
  const isSure = typed.trim() === name && open !== undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isSure) remove.mutate({ catalog, tasks: open }, { onSuccess: onClose });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{texts.text(images, formatCount(images))}</Text>
        {open !== undefined && open > 0 && <Text>{texts.tasks(open, formatCount(open))}</Text>}
        <TextInput
          label={texts.label(name)}
          data-autofocus
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {(remove.error ?? tasks.error) && <ErrorState error={remove.error ?? tasks.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {UI.cancel}
          </Button>
          <Button type="submit" color="red" loading={remove.isPending} disabled={!isSure}>
            {texts.confirm(images, formatCount(images))}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
