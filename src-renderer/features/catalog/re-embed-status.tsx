import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { notifyProblem } from '../../ui/notify.ts';
import { TaskProgress } from '../../ui/task-progress.tsx';
import classes from './catalog.module.css';
import { useReEmbedding } from './use-re-embedding.ts';

const texts = CATALOG.reEmbed;

/** How far a catalog is on its way to another model; nothing while it is not. Search goes on meanwhile. */
export function ReEmbedStatus({ catalog }: { catalog: string }): ReactNode {
  const { progress, start, cancel } = useReEmbedding(catalog);
  const mayChange = useMayChange();
  if (!progress) return null;
  const { model, state, done, failed, total, problem } = progress;
  return (
    <section className={classes.reEmbed} aria-label={texts.status(model)}>
      <Group justify="space-between" gap="md" mb="xs">
        <Text size="sm" role="status">
          <b>{texts.status(model)}</b>
          {` · ${texts.states[state]} · ${texts.done(formatCount(done), formatCount(total))}`}
          {failed > 0 && ` · ${texts.failed(formatCount(failed))}`}
          {problem && ` · ${problem.message}`}
        </Text>
        <Group gap="xs">
          {state === 'failed' && failed > 0 && (
            <ConfirmButton
              size="compact-sm"
              disabled={!mayChange}
              question={texts.leaveOutQuestion(failed, formatCount(failed))}
              text={texts.leaveOutText}
              confirm={texts.leaveOut(failed, formatCount(failed))}
              onConfirm={() => start.mutateAsync({ model, keep_old: true, leave_out: failed })}
            >
              {texts.leaveOut(failed, formatCount(failed))}
            </ConfirmButton>
          )}
          {(state === 'stopped' || state === 'failed') && (
            <Button
              size="compact-sm"
              disabled={!mayChange}
              loading={start.isPending}
              onClick={() => start.mutate({ model, keep_old: true }, { onError: (error) => notifyProblem(error) })}
            >
              {texts.goOn}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            disabled={!mayChange}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {texts.cancel}
          </Button>
        </Group>
      </Group>
      <TaskProgress label={texts.status(model)} done={done} failed={failed} total={total} />
    </section>
  );
}
