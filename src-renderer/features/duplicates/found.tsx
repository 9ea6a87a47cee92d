import { Button, Skeleton } from '@mantine/core';
import { useCallback, useMemo, type ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { CompareDialog } from '../../ui/compare/compare-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Controls } from './controls.tsx';
import classes from './duplicates.module.css';
import { GroupList } from './group-list.tsx';
import { useHand } from './hand.ts';
import { MarkedBar } from './marked-bar.tsx';
import { rulesOf } from './rules.ts';
import type { DuplicatesQuery } from './search.ts';
import type { Acts } from './use-acts.ts';
import type { ChangeAddress } from './use-address.ts';
import { useGroups, useSummary } from './use-groups.ts';
import { whichOf, type Group, type Scan } from './which.ts';

interface FoundProps {
  catalog: string;
  /** Of the catalog now. */
  images: number;
  /** The last one that was completed. */
  scan: Scan;
  query: DuplicatesQuery;
  change: ChangeAddress;
  acts: Acts;
}

const MOST_COMPARED = 6;
const NO_FILTER = { kind: undefined, hide_same_product: undefined, across_products: undefined, min_score: undefined };

/** The groups of a scan, and what can be done with them. */
export function Found({ catalog, images, scan, query, change, acts }: FoundProps): ReactNode {
  const which = whichOf(query, catalog, scan);
  const rules = useMemo(() => rulesOf(query.keep), [query.keep]);
  const summary = useSummary(which, images);
  const { rows, more, error, isPending, refetch } = useGroups(which, rules);
  const hand = useHand(catalog);
  const compared = query.compare ?? [];

  const { mutate: addNot } = acts.addNot;
  const onNot = useCallback(
    ({ pictures }: Group, one_id?: string) =>
      addNot({ image_ids: pictures.map(({ image_id }) => image_id), ...(one_id !== undefined && { one_id }) }),
    [addNot],
  );
  const onOpen = useCallback((open: string) => change({ open }), [change]);
  const onCompare = useCallback(
    ({ pictures }: Group) => change({ compare: pictures.slice(0, MOST_COMPARED).map(({ image_id }) => image_id) }),
    [change],
  );
  const isFiltered = Object.keys(NO_FILTER).some((name) => query[name as keyof typeof NO_FILTER] !== undefined);

  return (
    <>
      <div className={classes.status}>
        <span role="status" className={classes.summary}>
          {summary.data ? (
            <b>
              {DUPLICATES.summary(
                summary.data.group_count,
                formatCount(summary.data.group_count),
                formatCount(summary.data.picture_count),
              )}
            </b>
          ) : (
            <Skeleton width={160} height={14} />
          )}
        </span>
        <span className={classes.quiet}>
          {DUPLICATES.scanned} <RelativeTime at={scan.finished_at ?? scan.created_at} />
        </span>
        {summary.data && <ChangedSince {...summary.data.changed_since} />}
        <span className={classes.spring} />
        <MarkedBar which={which} rules={rules} hand={hand} acts={acts} groups={rows} />
      </div>
      <Controls query={query} minScore={which.min_score} leastScore={scan.least_score} rules={rules} change={change} />
      {error && rows.length === 0 && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <Skeleton height={190} mt={34} />}
      {!isPending && !error && rows.length === 0 && (
        <EmptyState
          title={DUPLICATES.nothing.title}
          text={isFiltered ? DUPLICATES.nothing.text : DUPLICATES.nothing.whole}
          action={isFiltered && <Button onClick={() => change(NO_FILTER)}>{DUPLICATES.nothing.clear}</Button>}
        />
      )}
      {rows.length > 0 && (
        <GroupList
          catalog={catalog}
          groups={rows}
          more={more}
          total={summary.data?.group_count ?? null}
          hand={hand}
          openId={query.open ?? null}
          onOpen={onOpen}
          onCompare={onCompare}
          onNot={onNot}
        />
      )}
      <CompareDialog imageIds={compared} catalog={catalog} onClose={() => change({ compare: undefined })} />
    </>
  );
}

function ChangedSince({ indexed, fewer }: { indexed: number; fewer: number }): ReactNode {
  return (
    <>
      {indexed > 0 && <span className={classes.changed}>{DUPLICATES.changed(indexed, formatCount(indexed))}</span>}
      {fewer > 0 && <span className={classes.quiet}>{DUPLICATES.fewer(formatCount(fewer))}</span>}
    </>
  );
}
