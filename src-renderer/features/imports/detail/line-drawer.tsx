import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ERRORS, type ErrorCode } from '../../../../src-core/domain/app-error.ts';
import { useApi, useMayChange, useTransport } from '../../../app/context.ts';
import { formatBytes } from '../../../lib/format.ts';
import { nameOfPath } from '../../../lib/path-names.ts';
import { IMPORT_DETAIL, OUTCOME_HINTS, OUTCOME_TEXTS } from '../../../texts/imports.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { DetailDrawer } from '../../../ui/detail-drawer.tsx';
import { KeyValue } from '../../../ui/key-value.tsx';
import { notifyDone, notifyProblem } from '../../../ui/notify.ts';
import { PageButton } from '../../../ui/page-link.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { StateBadge } from '../../../ui/state-badge.tsx';
import type { Run } from '../run.ts';
import classes from './detail.module.css';
import { OUTCOME_TONES } from './outcome-tones.ts';
import type { Line } from './use-ledger.ts';
import { usePicturesOf } from './use-pictures-of.ts';

const texts = IMPORT_DETAIL.line;

interface LineDrawerProps {
  run: Run;
  /** Null: none is shown. */
  line: Line | null;
  onClose(): void;
}

/** One file whole: what became of it, why, and what can be done. */
export function LineDrawer({ run, line, onClose }: LineDrawerProps): ReactNode {
  return (
    <DetailDrawer title={line && nameOfPath(line.path)} onClose={onClose}>
      {line && <LineDetail run={run} line={line} />}
    </DetailDrawer>
  );
}

function LineDetail({ run, line }: { run: Run; line: Line }): ReactNode {
  const { path, outcome, reason, message, bytes, at, task_id } = line;
  const transport = useTransport();
  const picture = usePicturesOf(run.catalog, run.root, [path])[0];
  const todo = outcome === 'failed' && reason !== null ? ERRORS[reason as ErrorCode]?.todo : null;
  return (
    <Stack gap="md">
      {picture && (
        <img
          className={classes.picture}
          src={transport.thumbnailUrl({ imageId: picture.image_id, catalog: run.catalog, edge: 512 })}
          alt={texts.picture}
        />
      )}
      <span title={OUTCOME_HINTS[outcome]}>
        <StateBadge tone={OUTCOME_TONES[outcome]} label={OUTCOME_TEXTS[outcome]} />
      </span>
      <KeyValue
        items={[
          [
            texts.path,
            <>
              {path} <CopyButton value={path} label={texts.copyPath} />
            </>,
          ],
          [texts.reason, reason],
          [texts.message, message],
          [texts.todo, todo],
          [texts.bytes, bytes === null ? null : formatBytes(bytes)],
          [texts.at, <RelativeTime key="at" at={at} />],
          [texts.task, task_id],
        ]}
      />
      {task_id !== null && <TaskActions run={run} line={line} taskId={task_id} />}
    </Stack>
  );
}

function TaskActions({ run, line, taskId }: { run: Run; line: Line; taskId: string }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.queue.retryTask.call({ task_id: taskId }),
    onSuccess: () => {
      notifyDone(texts.retried);
      return Promise.all(
        [api.imports.key(), api.queue.key()].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
    onError: (error) => notifyProblem(error),
  });
  return (
    <Group gap="sm">
      {line.outcome === 'failed' && (
        <Button size="xs" disabled={!mayChange} loading={isPending} onClick={() => mutate()}>
          {texts.retry}
        </Button>
      )}
      <PageButton to="/tasks" search={{ import_id: run.import_id, task: taskId }} size="xs" variant="default">
        {texts.openTask}
      </PageButton>
    </Group>
  );
}
