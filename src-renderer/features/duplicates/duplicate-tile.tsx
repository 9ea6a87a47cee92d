import { IconLinkOff } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { KeepReason } from '../../../src-core/domain/keep-rules.ts';
import { useMayChange } from '../../app/context.ts';
import { formatBytes, formatCount, formatExact } from '../../lib/format.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { folderIn } from './folder-in.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { PICTURE } from '../../texts/picture.ts';
import { Thumbnail } from '../../ui/picture/thumbnail.tsx';
import classes from './duplicates.module.css';
import type { Choice } from './hand.ts';
import type { Duplicate, Group } from './which.ts';

interface DuplicateTileProps {
  id: string;
  place: number;
  picture: Duplicate;
  group: Group;
  catalog: string;
  choice: Choice;
  /** Null: no rule has said anything. */
  why: KeepReason | null;
  /** The only one of its group that is kept. */
  isLast: boolean;
  isActive: boolean;
  isOpen: boolean;
  onTurn(group: Group, imageId: string): void;
  onNot(group: Group, imageId: string): void;
}

function PlainTile(props: DuplicateTileProps): ReactNode {
  const { id, place, picture, group, catalog, choice, isActive, isOpen } = props;
  return (
    <div
      role="gridcell"
      id={id}
      data-picture={place}
      data-choice={choice}
      data-active={isActive || undefined}
      data-open={isOpen || undefined}
      className={classes.tile}
      title={picture.path}
    >
      <div className={classes.picture}>
        <Thumbnail
          imageId={picture.image_id}
          catalog={catalog}
          size={112}
          alt=""
          isMissing={picture.missing_since !== null}
        />
      </div>
      <div className={classes.facts}>
        <Facts picture={picture} differences={group.differences} folder={folderIn(group, picture)} />
        <div className={classes.choose}>
          <Turn {...props} />
          {group.size > 2 && <NotOne {...props} />}
        </div>
      </div>
    </div>
  );
}

type Difference = Group['differences'][number];

interface FactsProps {
  picture: Duplicate;
  differences: readonly Difference[];
  folder: string;
}

/** What differs within the group stands out; what is the same is quiet. */
function Facts({ picture, differences, folder }: FactsProps): ReactNode {
  const { path, width, height, bytes, format, captured_at, modified_at, product_id, name, score } = picture;
  const fact = (of: Difference, text: string, title?: string): ReactNode => (
    <span data-differs={differences.includes(of) || undefined} title={title}>
      {text}
    </span>
  );
  return (
    <>
      <div className={classes.name}>
        <b>{nameOfPath(path)}</b>
        {score !== null && <span title={PICTURE.facts.score}>{score.toFixed(3)}</span>}
      </div>
      <div className={classes.line}>{fact('folder', folder)}</div>
      <div className={classes.line}>
        {fact('size', PICTURE.pixels(formatCount(width), formatCount(height)))}
        {fact('bytes', formatBytes(bytes))}
        {fact('format', format)}
      </div>
      <div className={classes.line}>
        {captured_at
          ? fact('captured_at', formatExact(Date.parse(captured_at)), PICTURE.facts.captured_at)
          : fact('modified_at', formatExact(Date.parse(modified_at)), PICTURE.facts.modified_at)}
      </div>
      <div className={classes.line}>
        {product_id !== null && fact('product_id', product_id, PICTURE.facts.product_id)}
        {name !== null && fact('name', name, PICTURE.facts.name)}
      </div>
    </>
  );
}

/** Keeps it, or marks it. The key does the same. */
function Turn({ picture, group, choice, why, isLast, onTurn }: DuplicateTileProps): ReactNode {
  const mayChange = useMayChange();
  const isMarked = choice === 'mark';
  const title = isMarked ? DUPLICATES.toKeep : isLast ? DUPLICATES.lastKept : DUPLICATES.toMark;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.turn}
      data-marked={isMarked}
      aria-disabled={!mayChange || (!isMarked && isLast)}
      title={title}
      onClick={() => onTurn(group, picture.image_id)}
    >
      <span className={classes.dot} aria-hidden />
      {isMarked ? DUPLICATES.marked : DUPLICATES.kept}
      {why && <small>{DUPLICATES.why[why]}</small>}
    </button>
  );
}

/** Takes it out of its group. The key does the same. */
function NotOne({ picture, group, onNot }: DuplicateTileProps): ReactNode {
  const mayChange = useMayChange();
  const isCut = group.size > group.pictures.length;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={classes.notOne}
      disabled={!mayChange || isCut}
      aria-label={DUPLICATES.not.one}
      title={isCut ? DUPLICATES.not.tooLarge : DUPLICATES.not.oneKey}
      onClick={() => onNot(group, picture.image_id)}
    >
      <IconLinkOff size={14} aria-hidden />
    </button>
  );
}

export const DuplicateTile = memo(PlainTile);
