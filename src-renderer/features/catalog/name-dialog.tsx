import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { catalogName } from '../../../src-core/domain/catalog.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { useChangeCatalogs, type Catalog } from './use-change-catalogs.ts';

interface NameDialogProps {
  /** Open while there is one. */
  kind: 'create' | 'rename' | null;
  catalog: Catalog | null;
  onClose(): void;
}

export function NameDialog({ kind, catalog, onClose }: NameDialogProps): ReactNode {
  const title = kind === 'rename' ? CATALOG.rename.title(catalog?.name ?? '') : CATALOG.create.title;
  return (
    <Modal opened={kind !== null} onClose={onClose} title={title} centered>
      {kind && <NameForm kind={kind} catalog={catalog} onClose={onClose} />}
    </Modal>
  );
}

interface NameFormProps extends NameDialogProps {
  kind: 'create' | 'rename';
}

function NameForm({ kind, catalog, onClose }: NameFormProps): ReactNode {
  const texts = CATALOG[kind];
  const [name, setName] = useState(kind === 'rename' ? (catalog?.name ?? '') : '');
  const { create, rename } = useChangeCatalogs();
  const parsed = catalogName.safeParse(name);
  const { error, isPending } = kind === 'create' ? create : rename;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!parsed.success) return;
    try {
      if (kind === 'create') await create.mutateAsync(parsed.data);
      else if (catalog) await rename.mutateAsync({ id: catalog.id, name: parsed.data });
      onClose();
    } catch {
      // It stands below the field.
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Text c="dimmed">{texts.text}</Text>
        <TextInput
          label={texts.label}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={name !== '' && !parsed.success ? parsed.error.issues[0]?.message : undefined}
        />
        {error && <ErrorState error={error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {UI.cancel}
          </Button>
          <Button type="submit" loading={isPending} disabled={!parsed.success || parsed.data === catalog?.name}>
            {texts.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
