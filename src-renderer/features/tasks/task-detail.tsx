import { Alert, Code, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { ERRORS } from '../../../src-core/domain/app-error.ts';
import type { TaskState } from '../../../src-core/domain/task.ts';
import { TASK_STATE_TEXTS } from '../../texts/states.ts';
import { TASKS } from '../../texts/tasks.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Attempts, type WholeTask } from './attempts.tsx';
import type { TaskRow } from './columns.tsx';
import { StageTimes } from './stage-times.tsx';
import { TaskActions } from './task-actions.tsx';
import { TaskFacts } from './task-facts.tsx';
import { TaskPicture } from './task-picture.tsx';
import classes from './tasks.module.css';
import { countsOf } from './which.ts';

const texts = TASKS.drawer;

export function TaskDetail({ task }: { task: WholeTask }): ReactNode {
  const { status, error, timings, history } = task;
  const json = JSON.stringify(task, null, 2);
  return (
    <>
      <div className={classes.top}>
        <TaskPicture key={task.task_id} task={task} />
        <div>
          <StateBadge tone={status} label={TASK_STATE_TEXTS[status]} />
          <Group gap="xs" mt="sm">
            <TaskActions chosen={{ kind: 'some', tasks: [task] }} counts={countsOf([task])} />
          </Group>
        </div>
      </div>
      {error && <Failure error={error} status={status} />}
      <Part title={texts.facts}>
        <TaskFacts task={task} />
      </Part>
      {timings && Object.keys(timings).length > 0 && (
        <Part title={texts.timings}>
          <StageTimes timings={timings} />
        </Part>
      )}
      {history.length > 0 && (
        <Part title={texts.attempts}>
          <Attempts history={history} />
        </Part>
      )}
      <Part title={texts.payload}>
        <Code block className={classes.json}>
          {JSON.stringify(task.payload, null, 2)}
        </Code>
      </Part>
      <Part title={texts.json} action={<CopyButton value={json} label={texts.copyJson} />}>
        <details>
          <summary className={classes.folded}>{texts.showJson}</summary>
          <Code block className={classes.json}>
            {json}
          </Code>
        </details>
      </Part>
    </>
  );
}

interface PartProps {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}

function Part({ title, action, children }: PartProps): ReactNode {
  return (
    <section className={classes.part}>
      <Group justify="space-between">
        <Title order={2}>{title}</Title>
        {action}
      </Group>
      {children}
    </section>
  );
}

/** The error of the last run, and what to do about it. */
function Failure({ error: { code, message }, status }: { error: NonNullable<TaskRow['error']>; status: TaskState }) {
  return (
    <Alert color={status === 'failed' ? 'red' : 'gray'} variant="outline" title={code}>
      <Text style={{ overflowWrap: 'anywhere' }}>{message}</Text>
      <Text c="dimmed" mt={4}>
        {ERRORS[code].todo}
      </Text>
      <PageLink to="/tasks" search={{ state: [status], code: [code] }} size="sm">
        {texts.sameError}
      </PageLink>
    </Alert>
  );
}
