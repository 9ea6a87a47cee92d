import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '../../../lib/format.ts';
import { useNow } from '../../../lib/use-now.ts';
import { UPLOAD } from '../../../texts/imports.ts';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { TaskProgress } from '../../../ui/task-progress.tsx';
import type { UploadProgress } from './upload.ts';
import { cancel, goOn, useUploadProgress } from './use-upload.ts';

/** What is on its way to the server, on every page of the imports. */
export function UploadPanel(): ReactNode {
  const progress = useUploadProgress();
  if (!progress) return null;
  return <Uploading progress={progress} />;
}

function Uploading({ progress }: { progress: UploadProgress }): ReactNode {
  const { name, phase, sent, skipped, bytes, total, startedAt, error } = progress;
  const now = useNow();
  const done = sent + skipped;
  const seconds = (now - startedAt) / 1_000;
  return (
    <Panel
      title={UPLOAD.title(name)}
      action={
        <ConfirmButton
          size="compact-xs"
          disabled={phase === 'importing'}
          question={UPLOAD.question(sent, formatCount(sent))}
          text={UPLOAD.questionText}
          confirm={UPLOAD.confirm}
          onConfirm={cancel}
        >
          {UPLOAD.cancel}
        </ConfirmButton>
      }
    >
      <Stack gap="xs" mb="md">
        <Text size="sm" c="dimmed">
          {total === null
            ? UPLOAD.sent(formatCount(done), formatBytes(bytes))
            : UPLOAD.sentOf(formatCount(done), formatCount(total), formatBytes(bytes))}
          {skipped > 0 && ` · ${UPLOAD.skipped(formatCount(skipped))}`}
        </Text>
        <TaskProgress
          label={UPLOAD.title(name)}
          done={done}
          total={total ?? 0}
          rate={phase === 'sending' && seconds > 2 ? done / seconds : null}
        />
        {phase === 'stopped' && error !== null && <ErrorState error={error} />}
        {phase === 'stopped' && (
          <Group>
            <Button size="xs" onClick={goOn}>
              {UPLOAD.goOn}
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}
