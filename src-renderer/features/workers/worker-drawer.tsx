import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconFileText, IconListDetails, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { useMayChange } from '../../app/context.ts';
import { formatBytes, formatCount, formatPercent, formatRate } from '../../lib/format.ts';
import { WORKER_STATE_TEXTS } from '../../texts/states.ts';
import { WORKERS } from '../../texts/workers.ts';
import { DetailDrawer } from '../../ui/detail-drawer.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { LogTail } from '../../ui/log-tail.tsx';
import { PageButton, PageLink } from '../../ui/page-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { WORKER_TONES } from '../../ui/tones.ts';
import { Heartbeat } from './cells.tsx';
import { stateOf } from './rows.ts';
import { Stages } from './stages.tsx';
import { useChangeFleet, useIsHere } from './use-fleet.ts';
import classes from './workers.module.css';

const texts = WORKERS.drawer;

interface WorkerDrawerProps {
  /** Open while there is one. */
  id: string | null;
  /** Undefined: on their way. */
  workers: readonly WorkerDocument[] | undefined;
  onClose(): void;
}

export function WorkerDrawer({ id, workers, onClose }: WorkerDrawerProps): ReactNode {
  const worker = workers?.find(({ worker_id }) => worker_id === id);
  return (
    <DetailDrawer title={id} onClose={onClose}>
      {worker && <WorkerDetail worker={worker} />}
      {!worker && (workers ? <Text c="dimmed">{texts.gone}</Text> : <Skeleton height={320} />)}
    </DetailDrawer>
  );
}

function WorkerDetail({ worker }: { worker: WorkerDocument }): ReactNode {
  const { worker_id, current_tasks, lost } = worker;
  const mayChange = useMayChange();
  const isHere = useIsHere(worker_id);
  const { restart, drain } = useChangeFleet();
  return (
    <Stack gap="lg">
      <Group gap="xs">
        {isHere && (
          <Button
            size="xs"
            variant="default"
            title={texts.restartText}
            disabled={!mayChange || worker.state === 'draining'}
            loading={restart.isPending}
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={() => restart.mutate(worker_id)}
          >
            {texts.restart}
          </Button>
        )}
        {isHere && (
          <Button
            size="xs"
            variant="default"
            title={texts.drainText}
            disabled={!mayChange || worker.state === 'draining'}
            loading={drain.isPending}
            leftSection={<IconPlayerStop size={15} aria-hidden />}
            onClick={() => drain.mutate(worker_id)}
          >
            {texts.drain}
          </Button>
        )}
        <PageButton
          to="/tasks"
          search={{ worker_id }}
          size="xs"
          variant="default"
          leftSection={<IconListDetails size={15} aria-hidden />}
        >
          {texts.tasks}
        </PageButton>
        <PageButton
          to="/logs"
          search={{ worker: worker_id }}
          size="xs"
          variant="default"
          leftSection={<IconFileText size={15} aria-hidden />}
        >
          {texts.logs}
        </PageButton>
      </Group>
      <WorkerFacts worker={worker} />
      <Part title={lost ? texts.held : texts.now}>
        {lost && current_tasks.length > 0 && <Text c="dimmed">{texts.heldText}</Text>}
        {current_tasks.length === 0 && <Text c="dimmed">{texts.idle}</Text>}
        <ul className={classes.tasks}>
          {current_tasks.map((task) => (
            <li key={task}>
              <PageLink to="/tasks" search={{ task }}>
                {task}
              </PageLink>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={texts.stages} note={texts.stagesText}>
        <Stages stages={worker.stages} />
      </Part>
      <Part title={texts.log}>
        {isHere ? <LogTail which={{ level: 'trace', worker_id }} /> : <Text c="dimmed">{texts.logOther}</Text>}
      </Part>
    </Stack>
  );
}

function WorkerFacts({ worker }: { worker: WorkerDocument }): ReactNode {
  const names = WORKERS.columns;
  const state = stateOf(worker);
  const { waiting_for, host, pid, version, protocol, started_at, rate, cpu, rss_bytes, processed, failed, tags } =
    worker;
  return (
    <KeyValue
      items={[
        [names.state, <StateBadge key="state" tone={WORKER_TONES[state]} label={WORKER_STATE_TEXTS[state]} />],
        [names.waiting, waiting_for],
        [names.seen, <Heartbeat key="seen" worker={worker} />],
        [names.rate, formatRate(rate)],
        [names.cpu, formatPercent(cpu)],
        [names.memory, formatBytes(rss_bytes)],
        [names.processed, formatCount(processed)],
        [names.failed, formatCount(failed)],
        [names.host, host],
        [names.pid, String(pid)],
        [names.started, <RelativeTime key="started" at={started_at} />],
        [names.version, version],
        [texts.protocol, String(protocol)],
        [names.tags, tags.length > 0 ? tags.join(', ') : null],
      ]}
    />
  );
}

function Part({ title, note, children }: { title: string; note?: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <Group gap="sm" mb="xs" align="baseline">
        <Title order={3} size="h2">
          {title}
        </Title>
        {note && (
          <Text size="xs" c="dimmed">
            {note}
          </Text>
        )}
      </Group>
      {children}
    </section>
  );
}
