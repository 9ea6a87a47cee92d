import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { SEARCH } from '../../texts/search.ts';
import classes from './search.module.css';
import type { Hit } from './use-results.ts';

/** Cosines to three digits; a joined ranking's scores are small, and only their order says something. */
export function scoreText({ score }: Hit): string {
  return score.toFixed(3);
}

/** Below a hit: its score, and which ranking found it; with its place in each where there were several. */
export function HitNote({ hit }: { hit: Hit }): ReactNode {
  const isJoined = hit.found_by.length > 1;
  return (
    <>
      <span className={classes.score} title={SEARCH.scoreText}>
        {scoreText(hit)}
      </span>
      {hit.found_by.map((way) => (
        <span key={way} title={SEARCH.foundByText[way]}>
          {isJoined ? SEARCH.rank(SEARCH.foundBy[way], formatCount(hit.ranks[way] ?? 0)) : SEARCH.foundBy[way]}
        </span>
      ))}
    </>
  );
}

export function noteOf(hit: Hit): ReactNode {
  return <HitNote hit={hit} />;
}
