import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { LEDGER_OUTCOMES, type LedgerOutcome } from '../../../../src-core/domain/import.ts';
import { toneColor } from '../../../app/theme.ts';
import { formatCount } from '../../../lib/format.ts';
import { IMPORT_DETAIL, OUTCOME_HINTS, OUTCOME_TEXTS } from '../../../texts/imports.ts';
import type { Run } from '../run.ts';
import classes from './detail.module.css';
import { OUTCOME_TONES } from './outcome-tones.ts';

/** Its files by outcome; each number shows the files that it counts. */
export function Counts({ run, shown }: { run: Run; shown: readonly LedgerOutcome[] | undefined }): ReactNode {
  return (
    <nav aria-label={IMPORT_DETAIL.counts}>
      <ul className={classes.counts}>
        <Tile run={run} name={IMPORT_DETAIL.all} hint={IMPORT_DETAIL.allHint} value={run.discovered} isShown={!shown} />
        {LEDGER_OUTCOMES.map((outcome) => (
          <Tile
            key={outcome}
            run={run}
            outcome={outcome}
            name={OUTCOME_TEXTS[outcome]}
            hint={OUTCOME_HINTS[outcome]}
            value={countOf(run, outcome)}
            isShown={shown?.includes(outcome) ?? false}
          />
        ))}
      </ul>
    </nav>
  );
}

/** The ledger calls indexed what the counts of an import call completed. */
export function countOf(run: Run, outcome: LedgerOutcome): number {
  return outcome === 'indexed' ? run.completed : run[outcome];
}

interface TileProps {
  run: Run;
  /** None: all files. */
  outcome?: LedgerOutcome;
  name: string;
  hint: string;
  value: number;
  isShown: boolean;
}

function Tile({ run, outcome, name, hint, value, isShown }: TileProps): ReactNode {
  const isLoud = value > 0 && (outcome === 'failed' || outcome === 'missing');
  return (
    <li>
      <Link
        to="/imports"
        search={{ import: run.import_id, ...(outcome && { outcome: [outcome] }) }}
        replace
        title={hint}
        aria-current={isShown ? 'true' : undefined}
        data-none={value === 0 || undefined}
        className={classes.count}
        activeProps={{}}
      >
        <span className={classes.name}>{name}</span>
        <span className={classes.value} style={isLoud ? { color: toneColor(OUTCOME_TONES[outcome]) } : undefined}>
          {formatCount(value)}
        </span>
      </Link>
    </li>
  );
}
