import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi, useMayChange, useTransport } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { UNITS } from '../../texts/units.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { useRemovePictures } from '../../ui/picture/use-remove-pictures.ts';
import classes from './duplicates.module.css';
import type { Hand } from './hand.ts';
import type { Rule } from './rules.ts';
import type { Acts } from './use-acts.ts';
import { csvQuery, type Group, type Which } from './which.ts';

/** An address holds so many ids; servers refuse longer ones. */
const MOST_IN_ADDRESS = 300;

interface MarkedBarProps {
  which: Which;
  rules: readonly Rule[];
  hand: Hand;
  acts: Acts;
  /** Those that are loaded; without any there is nothing to act on. */
  groups: readonly Group[];
}

/** How many pictures are marked in all groups, and what can be done with them. */
export function MarkedBar({ which, rules, hand, acts, groups }: MarkedBarProps): ReactNode {
  const { duplicates } = useApi();
  const transport = useTransport();
  const mayChange = useMayChange();
  const removePictures = useRemovePictures();
  const hasRules = rules.length > 0;
  const input = { ...which, keep: [...rules], ...hand.input() };
  const counting = useQuery({
    ...duplicates.countMarked.queryOptions({ input, placeholderData: keepPreviousData }),
    enabled: hasRules,
  });
  const count = hasRules ? counting.data?.marked : hand.marked.length;
  const isOld = hasRules && counting.isPlaceholderData;

  async function remove(): Promise<void> {
    if (hasRules) {
      const { removed } = await duplicates.remove.call({ ...input, confirm: count ?? 0 });
      await acts.removed(removed);
    } else {
      await removePictures({ ids: hand.marked }, which.catalog);
      await acts.removed(null);
    }
    hand.clear();
  }

  if (groups.length === 0) return null;
  const isTooLong = hand.count > MOST_IN_ADDRESS;
  return (
    <>
      {hand.count > 0 && (
        <Button size="compact-sm" variant="subtle" color="gray" title={DUPLICATES.undoHand} onClick={hand.clear}>
          {DUPLICATES.undoHand} ({formatCount(hand.count)})
        </Button>
      )}
      <span className={classes.marked} data-old={isOld || undefined} aria-busy={isOld}>
        {DUPLICATES.markedCount(count === undefined ? UNITS.unknown : formatCount(count))}
      </span>
      <Button
        component="a"
        href={transport.downloadUrl('duplicates.csv', csvQuery(which, rules, hand.input()))}
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        {...(isTooLong && { 'data-disabled': true, title: DUPLICATES.exportTooMany })}
      >
        {DUPLICATES.export}
      </Button>
      <ConfirmButton
        size="compact-sm"
        disabled={!mayChange || !count || isOld}
        question={DUPLICATES.remove.question(count ?? 0, formatCount(count ?? 0))}
        text={DUPLICATES.remove.text}
        confirm={DUPLICATES.remove.confirm}
        onConfirm={remove}
      >
        {DUPLICATES.remove.action}
      </ConfirmButton>
    </>
  );
}
