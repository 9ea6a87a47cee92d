import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { SOURCES } from '../../texts/sources.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { notifyDone } from '../../ui/notify.ts';
import { Panel } from '../../ui/panel.tsx';
import { useRefresh } from './use-refresh.ts';

export type Source = Answers['sources']['list']['sources'][number];

/** Takes out what is gone. */
export function PrunePanel({ source }: { source: Source }): ReactNode {
  const { catalog, path, missing } = source;
  const texts = SOURCES.prune;
  const api = useApi();
  const mayChange = useMayChange();
  const refresh = useRefresh();
  const many = [missing, formatCount(missing)] as const;
  async function prune(): Promise<void> {
    const { pruned, came_back } = await api.sources.prune.call({ catalog, folder: path, confirm: missing });
    notifyDone(texts.done(pruned, formatCount(pruned), came_back));
    await refresh();
  }
  return (
    <Panel title={texts.title}>
      <Stack gap="sm" align="start">
        <Text size="sm" c="dimmed">
          {missing === 0 ? texts.none : texts.text(...many)}
        </Text>
        {missing > 0 && (
          <ConfirmButton
            disabled={!mayChange}
            question={texts.question(...many)}
            text={texts.questionText}
            confirm={texts.confirm}
            onConfirm={prune}
          >
            {texts.start(...many)}
          </ConfirmButton>
        )}
      </Stack>
    </Panel>
  );
}

export function RemovePanel({ source, onGone }: { source: Source; onGone(): void }): ReactNode {
  const texts = SOURCES.remove;
  const api = useApi();
  const mayChange = useMayChange();
  const refresh = useRefresh();
  async function remove(): Promise<void> {
    const confirm = source.pictures + source.open_tasks;
    const { removed, cancelled_tasks } = await api.sources.remove.call({ source_id: source.id, confirm });
    notifyDone(texts.done(removed, formatCount(removed), cancelled_tasks));
    onGone();
    await refresh();
  }
  return (
    <Panel title={texts.title}>
      <Stack gap="sm" align="start">
        <Text size="sm" c="dimmed">
          {texts.text}
        </Text>
        <ConfirmButton
          disabled={!mayChange}
          question={texts.question(source.pictures, formatCount(source.pictures), source.open_tasks)}
          text={texts.questionText}
          confirm={texts.confirm}
          onConfirm={remove}
        >
          {texts.start}
        </ConfirmButton>
      </Stack>
    </Panel>
  );
}
