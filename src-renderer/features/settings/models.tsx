import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatBytes, formatCount } from '../../lib/format.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { TaskProgress } from '../../ui/task-progress.tsx';
import { AddModel } from './add-model.tsx';
import classes from './settings.module.css';
import { useModelActions, useModels, type Model } from './use-models.ts';

const texts = SETTINGS.models;

/** `next`: id of the model that a start now would bring in force. */
export function Models({ next }: { next: string | null }): ReactNode {
  const { data, error, refetch } = useModels();
  const actions = useModelActions();
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <ul className={classes.rows} aria-label={texts.title}>
        {data?.models.map((model) => (
          <ModelRow key={model.id} model={model} isNext={model.id === next} actions={actions} />
        ))}
      </ul>
      <Group my="sm">
        <AddModel models={data?.models ?? []} onAdd={actions.add} />
      </Group>
    </>
  );
}

interface ModelRowProps {
  model: Model;
  isNext: boolean;
  actions: ReturnType<typeof useModelActions>;
}

function ModelRow({ model, isNext, actions }: ModelRowProps): ReactNode {
  const { id, title, problem, download } = model;
  const isRunning = download?.state === 'running';
  const failure = problem ?? (download?.state === 'failed' ? download.problem : null);
  return (
    <li className={classes.model}>
      <div>
        <Group gap="sm">
          <Text fw={600}>{title ?? id}</Text>
          <ModelState model={model} isNext={isNext} />
        </Group>
        <p className={classes.facts}>{factsOf(model).join(' · ')}</p>
      </div>
      <Group gap="xs">
        <ModelButtons model={model} isNext={isNext} actions={actions} />
      </Group>
      {isRunning && (
        <div className={classes.wide}>
          <TaskProgress label={texts.progress(id)} done={download.bytes} total={download.total_bytes ?? 0} />
          <Text size="xs" c="dimmed">
            {texts.of(formatBytes(download.bytes), formatBytes(download.total_bytes ?? download.bytes))}
            {download.file !== null && ` · ${download.file}`}
          </Text>
        </div>
      )}
      {download?.state === 'cancelled' && <p className={`${classes.facts} ${classes.wide}`}>{texts.cancelled}</p>}
      {failure && (
        <Text className={classes.wide} size="sm" c="var(--tone-bad)" role="alert">
          {failure.code}: {failure.message}
        </Text>
      )}
    </li>
  );
}

function ModelState({ model: { in_use, installed }, isNext }: { model: Model; isNext: boolean }): ReactNode {
  if (in_use) return <StateBadge tone="good" label={texts.inUse} />;
  if (isNext) return <StateBadge tone="warning" label={texts.next} />;
  return <StateBadge tone="quiet" label={installed ? texts.installed : texts.notInstalled} />;
}

function factsOf({ id, built_in, has_text, dimension, input_size, license, source }: Model): string[] {
  return [
    id,
    ...(built_in ? [texts.builtIn] : []),
    ...(dimension === null ? [] : [texts.dimension(formatCount(dimension))]),
    ...(input_size === null ? [] : [texts.input(formatCount(input_size))]),
    ...(has_text ? [texts.text] : []),
    ...(license === null ? [] : [license]),
    ...(source === null ? [] : [source]),
  ];
}

function ModelButtons({ model, isNext, actions }: ModelRowProps): ReactNode {
  const { id, installed, built_in, in_use, problem, download } = model;
  const mayChange = useMayChange();
  const common = { size: 'xs', variant: 'default', disabled: !mayChange } as const;
  if (download?.state === 'running') {
    return (
      <Button {...common} onClick={() => actions.cancel.mutate(id)}>
        {texts.cancel}
      </Button>
    );
  }
  return (
    <>
      {!installed && problem === null && (
        <Button {...common} onClick={() => actions.download.mutate(id)}>
          {download && download.bytes > 0 ? texts.goOn : texts.download}
        </Button>
      )}
      {installed && !isNext && problem === null && (
        <Button {...common} onClick={() => actions.use.mutate(id)}>
          {texts.use}
        </Button>
      )}
      {!built_in && installed && !in_use && (
        <ConfirmButton
          disabled={!mayChange}
          question={texts.removeQuestion(id)}
          text={texts.removeText}
          confirm={texts.remove}
          onConfirm={() => actions.remove(id)}
        >
          {texts.remove}
        </ConfirmButton>
      )}
    </>
  );
}
