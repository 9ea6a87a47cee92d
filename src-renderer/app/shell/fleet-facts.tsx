import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LimitDocument, StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { OPEN_STATES } from '../../../src-core/domain/task.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../lib/format.ts';
import { timeLeft } from '../../lib/time-left.ts';
import { SHELL } from '../../texts/shell.ts';
import { UNITS } from '../../texts/units.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { useApi, useTransport } from '../context.ts';
import { useConnection } from '../live/use-live.ts';
import type { Tone } from '../theme.ts';
import classes from './shell.module.css';

const { header } = SHELL;
const CONNECTION_TONES: Record<'connecting' | 'connected' | 'reconnecting', Tone> = {
  connecting: 'quiet',
  connected: 'good',
  reconnecting: 'warning',
};

export function FleetFacts(): ReactNode {
  const { kind } = useConnection();
  const { name } = useTransport();
  const api = useApi();
  const { data: stats } = useQuery(api.queue.stats.queryOptions());
  const { data: fleet } = useQuery(api.queue.workers.queryOptions());
  const depth = stats && OPEN_STATES.reduce((sum, state) => sum + stats.counts[state], 0);
  // Of the last seconds: in its first minute, what was finished a minute says little of a fleet.
  const rate = fleet?.workers.reduce((sum, worker) => sum + (worker.lost ? 0 : worker.rate), 0);
  const left = depth === undefined || rate === undefined ? null : timeLeft(depth, rate);
  return (
    <dl className={classes.facts} aria-label={header.status}>
      <Fact name={name}>
        <StateBadge tone={CONNECTION_TONES[kind]} label={header[kind]} />
      </Fact>
      <Fact name={header.queue}>
        <Health health={stats?.backends.queue} />
      </Fact>
      <Fact name={header.store}>
        <Health health={stats?.backends.store} />
      </Fact>
      <Fact name={header.depth}>
        <Link to="/tasks" search={{ state: OPEN_STATES }}>
          {depth === undefined ? UNITS.unknown : formatCount(depth)}
        </Link>
      </Fact>
      <Fact name={header.rate}>{rate === undefined ? UNITS.unknown : formatRate(rate)}</Fact>
      <Fact name={header.timeLeft} isLong>
        {left === 0 ? UNITS.unknown : formatDuration(left)}
      </Fact>
      <Fact name={header.busy}>
        <Link to="/workers">
          {stats ? header.workersOf(formatCount(stats.workers.busy), formatCount(stats.workers.online)) : UNITS.unknown}
        </Link>
      </Fact>
      <Fact name={header.limit}>
        <span title={stats?.limited_by.text}>{stats ? limitOf(stats.limited_by) : UNITS.unknown}</span>
      </Fact>
    </dl>
  );
}

/** How far the fleet is from what this machine can do is said only while it is at work. */
const WORKING: ReadonlySet<LimitDocument['limit']> = new Set(['reading', 'decoding', 'inference', 'store', 'queue']);

function limitOf({ limit, share }: LimitDocument): string {
  return WORKING.has(limit) ? header.limitAt(header.limits[limit], formatPercent(share)) : header.limits[limit];
}

interface FactProps {
  name: string;
  /** Has room for its longest text, so that it does not move what comes after it. */
  isLong?: boolean;
  children: ReactNode;
}

function Fact({ name, isLong = false, children }: FactProps): ReactNode {
  return (
    <div className={classes.fact} data-long={isLong || undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Health({ health }: { health: StatsDocument['backends']['queue'] | undefined }): ReactNode {
  if (!health) return <StateBadge tone="quiet" label={header.unknown} />;
  if (health.error === null) {
    return (
      <span className={classes.healthy}>
        <StateBadge tone="good" label={header.healthy} />
      </span>
    );
  }
  return (
    <span title={header.ill(health.error)}>
      <StateBadge tone="bad" label={health.error} />
    </span>
  );
}
