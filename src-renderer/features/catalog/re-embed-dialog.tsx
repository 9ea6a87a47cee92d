import { Button, Checkbox, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import type { Catalog } from './use-change-catalogs.ts';
import { useReEmbedding } from './use-re-embedding.ts';

const texts = CATALOG.reEmbed;

interface ReEmbedDialogProps {
  isOpen: boolean;
  catalog: Catalog;
  onClose(): void;
}

export function ReEmbedDialog({ isOpen, catalog, onClose }: ReEmbedDialogProps): ReactNode {
  return (
    <Modal opened={isOpen} onClose={onClose} title={texts.title(catalog.name)} centered>
      <ReEmbedForm catalog={catalog} onClose={onClose} />
    </Modal>
  );
}

function ReEmbedForm({ catalog, onClose }: Omit<ReEmbedDialogProps, 'isOpen'>): ReactNode {
  const { data, error, refetch } = useQuery(useApi().models.list.queryOptions());
  const [model, setModel] = useState<string | null>(null);
  const [keepsOld, setKeepsOld] = useState(true);
  const { start } = useReEmbedding(catalog.name);
  const others = data?.models.filter(({ id, installed, problem }) => installed && !problem && id !== catalog.model);
  return (
    <Stack gap="md">
      <Text c="dimmed">{texts.text(catalog.images, formatCount(catalog.images))}</Text>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {others?.length === 0 ? (
        <Text>
          {texts.none} <PageLink to="/settings">{texts.toModels}</PageLink>
        </Text>
      ) : (
        <Select
          label={texts.model}
          data-autofocus
          data={(others ?? []).map(({ id, title }) => ({ value: id, label: title ?? id }))}
          value={model}
          onChange={setModel}
        />
      )}
      <Checkbox
        label={texts.keepOld}
        checked={keepsOld}
        onChange={({ currentTarget: { checked } }) => setKeepsOld(checked)}
      />
      {start.error && <ErrorState error={start.error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {UI.cancel}
        </Button>
        <Button
          disabled={model === null}
          loading={start.isPending}
          onClick={() => model !== null && start.mutate({ model, keep_old: keepsOld }, { onSuccess: onClose })}
        >
          {texts.confirm}
        </Button>
      </Group>
    </Stack>
  );
}
