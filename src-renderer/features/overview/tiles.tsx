import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import type { TaskState } from '../../../src-core/domain/task.ts';
import { useApi } from '../../app/context.ts';
import { toneColor, type Tone } from '../../app/theme.ts';
import { formatBytes, formatCount, formatDuration, formatLatency } from '../../lib/format.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { UNITS } from '../../texts/units.ts';
import classes from './overview.module.css';

const texts = OVERVIEW.tiles;
const STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

/** The numbers that matter; each leads to what it counts. */
export function Tiles({ stats }: { stats: StatsDocument | undefined }): ReactNode {
  const { data } = useQuery(useApi().catalogs.list.queryOptions());
  const pictures = data?.catalogs.reduce((sum, { images }) => sum + images, 0);
  const lost = stats?.workers.lost ?? 0;
  return (
    <ul className={classes.tiles}>
      {STATES.map((state) => (
        <Tile
          key={state}
          name={texts[state]}
          value={stats && formatCount(stats.counts[state])}
          to="/tasks"
          search={{ state: [state] }}
          {...(state === 'failed' && stats && stats.counts.failed > 0 && { tone: 'failed' })}
        />
      ))}
      <Tile
        name={texts.oldest}
        value={stats && formatDuration(stats.oldest_waiting_ms)}
        to="/tasks"
        search={{ state: ['waiting'] }}
      />
      <Tile
        name={texts.workers}
        value={stats && formatCount(stats.workers.online)}
        note={stats && (lost > 0 ? texts.lost(formatCount(lost)) : texts.workersText(formatCount(stats.workers.busy)))}
        to="/workers"
        {...(lost > 0 && { tone: 'bad' })}
      />
      <Tile
        name={texts.pictures}
        value={pictures === undefined ? undefined : formatCount(pictures)}
        note={data && texts.catalogs(OVERVIEW.catalogCount(data.catalogs.length, formatCount(data.catalogs.length)))}
        to="/catalog"
      />
      <StoreTiles store={stats?.backends.store} />
    </ul>
  );
}

function StoreTiles({ store }: { store: StatsDocument['backends']['store'] | undefined }): ReactNode {
  const isAway = store?.ok === false;
  return (
    <>
      <Tile
        name={texts.storeSize}
        value={store && store.bytes !== null ? formatBytes(store.bytes) : undefined}
        note={store && store.bytes === null && !isAway ? texts.sizeUnknown : undefined}
        to="/catalog"
      />
      <Tile
        name={texts.storeLatency}
        value={store && formatLatency(store.latency_ms)}
        note={store?.error ?? undefined}
        to="/settings"
        {...(isAway && { tone: 'bad' })}
      />
    </>
  );
}

interface TileProps {
  name: string;
  /** Undefined: it is on its way. */
  value: string | undefined;
  note?: string | undefined;
  to: '/tasks' | '/workers' | '/catalog' | '/settings';
  search?: { state: TaskState[] };
  tone?: Tone;
}

function Tile({ name, value = UNITS.unknown, note, to, search, tone }: TileProps): ReactNode {
  return (
    <li>
      <Link to={to} {...(search && { search })} className={classes.tile}>
        <span className={classes.name}>{name}</span>
        <span className={classes.value} style={tone && { color: toneColor(tone) }}>
          {value}
        </span>
        <span className={classes.note}>{note}</span>
      </Link>
    </li>
  );
}
