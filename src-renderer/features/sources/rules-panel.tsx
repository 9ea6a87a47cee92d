import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useApi, useMayChange } from '../../app/context.ts';
import { countToConfirm } from '../../lib/confirm-count.ts';
import { formatCount } from '../../lib/format.ts';
import { SOURCES } from '../../texts/sources.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { notifyDone } from '../../ui/notify.ts';
import { PatternsField } from '../../ui/patterns-field.tsx';
import { Panel } from '../../ui/panel.tsx';
import type { Source } from './leave-panels.tsx';
import { useRefresh } from './use-refresh.ts';

const texts = SOURCES.rulesForm;

/** Which of its files are wanted. What would leave the catalog is named, and asked for, before it does. */
export function RulesPanel({ source }: { source: Source }): ReactNode {
  const api = useApi();
  const mayChange = useMayChange();
  const refresh = useRefresh();
  const [include, setInclude] = useState(source.include);
  const [exclude, setExclude] = useState(source.exclude);
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: (confirm: number | undefined) =>
      api.sources.setRules.call({ source_id: source.id, include, exclude, ...(confirm !== undefined && { confirm }) }),
    onSuccess: ({ removed, cancelled_tasks }) => {
      notifyDone(texts.saved(removed, formatCount(removed), cancelled_tasks));
      return refresh();
    },
  });
  const leaving = countToConfirm(error);
  const isChanged = JSON.stringify([include, exclude]) !== JSON.stringify([source.include, source.exclude]);
  return (
    <Panel title={texts.title}>
      <Stack gap="sm" align="stretch">
        <PatternsField label={texts.include} description={texts.includeText} value={include} onChange={setInclude} />
        <PatternsField label={texts.exclude} description={texts.excludeText} value={exclude} onChange={setExclude} />
        {error && leaving === null && <ErrorState error={error} />}
        <Group gap="sm">
          <Button
            size="xs"
            variant="default"
            disabled={!mayChange || !isChanged}
            loading={isPending}
            onClick={() => mutate(undefined)}
          >
            {texts.save}
          </Button>
        </Group>
      </Stack>
      <Modal
        opened={leaving !== null}
        onClose={reset}
        title={leaving !== null && texts.question(leaving.pictures, formatCount(leaving.pictures), leaving.tasks)}
        centered
      >
        <Stack gap="md">
          <Text>{texts.questionText}</Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" data-autofocus onClick={reset}>
              {UI.cancel}
            </Button>
            <Button
              color="red"
              loading={isPending}
              onClick={() => leaving !== null && mutate(leaving.pictures + leaving.tasks)}
            >
              {texts.confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Panel>
  );
}
