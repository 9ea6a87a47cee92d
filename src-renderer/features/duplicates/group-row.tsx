import { Button } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { DuplicateTile } from './duplicate-tile.tsx';
import classes from './duplicates.module.css';
import { choiceIn, isLastKept, type Hand } from './hand.ts';
import type { Group } from './which.ts';

export interface GroupRowProps {
  group: Group;
  index: number;
  top: number;
  columns: number;
  /** How many of its pictures are shown. */
  shown: number;
  catalog: string;
  prefix: string;
  hand: Hand;
  /** Which of its pictures the keys act on; null: none. */
  active: number | null;
  openId: string | null;
  onWhole(group: Group): void;
  onCompare(group: Group): void;
  onNot(group: Group, imageId?: string): void;
}

function PlainGroupRow(props: GroupRowProps): ReactNode {
  const { group, index, top, columns, shown, catalog, prefix, hand, active, openId, onNot } = props;
  const reasons = new Map([...group.keep, ...group.mark].map(({ image_id, why }) => [image_id, why]));
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      data-group={index}
      className={classes.group}
      style={{ transform: `translateY(${top}px)` }}
    >
      <GroupHead {...props} />
      <div className={classes.tiles} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {group.pictures.slice(0, shown).map((picture, n) => {
          const byHand = hand.choiceOf(picture.image_id);
          return (
            <DuplicateTile
              key={picture.image_id}
              id={`${prefix}${index}-${n}`}
              place={n}
              picture={picture}
              group={group}
              catalog={catalog}
              choice={choiceIn(group, picture.image_id, hand)}
              why={byHand ? 'hand' : (reasons.get(picture.image_id) ?? null)}
              isLast={isLastKept(group, picture.image_id, hand)}
              isActive={active === n}
              isOpen={picture.image_id === openId}
              onTurn={hand.turn}
              onNot={onNot}
            />
          );
        })}
      </div>
    </div>
  );
}

function GroupHead({ group, shown, active, onWhole, onCompare, onNot }: GroupRowProps): ReactNode {
  const mayChange = useMayChange();
  const { kind, size, pictures, score, across_products } = group;
  const isCut = size > pictures.length;
  // By keys, Tab leads from the list into the group that is gone to.
  const button = { size: 'compact-xs', variant: 'subtle', color: 'gray', tabIndex: active === null ? -1 : 0 } as const;
  return (
    <div
      role="rowheader"
      className={classes.groupHead}
      aria-label={DUPLICATES.group(DUPLICATES.kindText[kind], size, formatCount(size))}
    >
      <StateBadge tone={kind === 'exact' ? 'active' : 'quiet'} label={DUPLICATES.kindText[kind]} />
      <span className={classes.number}>{DUPLICATES.size(size, formatCount(size))}</span>
      {kind === 'near' && (
        <span className={classes.number}>
          {DUPLICATES.best} {score.toFixed(3)}
        </span>
      )}
      {across_products && (
        <span title={DUPLICATES.acrossText}>
          <StateBadge tone="warning" label={DUPLICATES.across} />
        </span>
      )}
      {shown < size && <span className={classes.quiet}>{DUPLICATES.shown(formatCount(shown), formatCount(size))}</span>}
      <span className={classes.spring} />
      {(shown < pictures.length || (shown === pictures.length && shown > 8)) && (
        <Button {...button} onClick={() => onWhole(group)}>
          {shown < pictures.length ? DUPLICATES.showAll(formatCount(pictures.length)) : DUPLICATES.showFewer}
        </Button>
      )}
      <Button {...button} title={DUPLICATES.compareKey} onClick={() => onCompare(group)}>
        {DUPLICATES.compare}
      </Button>
      <Button
        {...button}
        title={isCut ? DUPLICATES.not.tooLarge : DUPLICATES.not.key}
        disabled={!mayChange || isCut}
        onClick={() => onNot(group)}
      >
        {DUPLICATES.not.action}
      </Button>
    </div>
  );
}

export const GroupRow = memo(PlainGroupRow);
