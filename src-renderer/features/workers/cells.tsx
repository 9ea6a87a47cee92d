import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { useApi } from '../../app/context.ts';
import { toneColor, type Tone } from '../../app/theme.ts';
import { formatCount, formatExact, formatRate } from '../../lib/format.ts';
import { formatRelative } from '../../lib/relative-time.ts';
import { WORKERS } from '../../texts/workers.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { useAge, useRates } from './use-heard.ts';
import { useIsHere } from './use-fleet.ts';
import classes from './workers.module.css';

export function WorkerName({ id }: { id: string }): ReactNode {
  const isHere = useIsHere(id);
  return (
    <>
      <span className={classes.name} title={id}>
        {id}
      </span>
      {isHere && (
        <span className={classes.here} title={WORKERS.hereText}>
          {WORKERS.here}
        </span>
      )}
    </>
  );
}

/** The first of what it works on; the drawer has all. */
export function CurrentTask({ tasks }: { tasks: readonly string[] }): ReactNode {
  const [first, ...others] = tasks;
  if (first === undefined) return null;
  return (
    <>
      <PageLink to="/tasks" search={{ task: first }} className={classes.task}>
        {first}
      </PageLink>
      {others.length > 0 && <span className={classes.more}>{WORKERS.more(formatCount(others.length))}</span>}
    </>
  );
}

export function Rate({ worker: { worker_id, rate, lost } }: { worker: WorkerDocument }): ReactNode {
  const values = useRates(worker_id);
  return (
    <>
      <Sparkline values={values} label={WORKERS.rateLine(worker_id)} width={48} tone={lost ? 'quiet' : 'active'} />
      <span className={classes.rate}>{formatRate(lost ? 0 : rate)}</span>
    </>
  );
}

/** Where the settings say nothing yet. */
const HEARTBEAT_MS = 5_000;
const LOST_MS = 20_000;

/** Turns amber when a heartbeat is overdue, red when it is lost. */
export function Heartbeat({ worker: { seen_at, lost, state } }: { worker: WorkerDocument }): ReactNode {
  const age = useAge(seen_at);
  const { data } = useQuery(useApi().settings.get.queryOptions());
  const limit = (name: string, otherwise: number): number => Number(data?.settings[name]?.value ?? otherwise);
  const tone = toneOf(age, lost, limit('fleet.heartbeatMs', HEARTBEAT_MS), limit('fleet.lostAfterMs', LOST_MS));
  const isOver = state === 'stopped' && !lost;
  return (
    <time
      dateTime={seen_at}
      title={formatExact(Date.parse(seen_at))}
      style={tone && !isOver ? { color: toneColor(tone) } : undefined}
      data-tone={isOver ? undefined : tone}
    >
      {formatRelative(-age, 0)}
    </time>
  );
}

function toneOf(age: number, lost: boolean, heartbeatMs: number, lostAfterMs: number): Tone | undefined {
  if (lost || age >= lostAfterMs) return 'bad';
  return age >= heartbeatMs * 2 ? 'warning' : undefined;
}
