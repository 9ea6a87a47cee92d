import { Button, Progress } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { formatCount, formatDuration, formatPercent, formatRate } from '../../lib/format.ts';
import { useNow } from '../../lib/use-now.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import { UI } from '../../texts/ui.ts';
import { UNITS } from '../../texts/units.ts';
import classes from './duplicates.module.css';
import type { Scan } from './which.ts';

const texts = DUPLICATES.scan;
/** In its first moments a rate says nothing. */
const TOLD_MS = 2_000;

interface ScanProgressProps {
  scan: Scan;
  isCancelling: boolean;
  onCancel(): void;
}

export function ScanProgress({ scan, isCancelling, onCancel }: ScanProgressProps): ReactNode {
  const { compared, pictures, pairs, share, created_at } = scan;
  const mayChange = useMayChange();
  const took = useNow() - Date.parse(created_at);
  const isTold = took > TOLD_MS && share > 0;
  return (
    <section className={classes.progress} aria-label={texts.running}>
      <div className={classes.progressText}>
        <b>{texts.running}</b>
        <span>{texts.compared(formatCount(compared), formatCount(pictures))}</span>
        <span>{texts.pairs(pairs, formatCount(pairs))}</span>
        <span className={classes.spring} />
        {isTold && (
          <span>
            {UNITS.perSecond(formatRate((compared / took) * 1_000))} ·{' '}
            {UI.timeLeft(formatDuration((took / share) * (1 - share)))}
          </span>
        )}
        <span className={classes.share}>{formatPercent(share)}</span>
        <Button size="compact-sm" variant="default" disabled={!mayChange} loading={isCancelling} onClick={onCancel}>
          {texts.cancel}
        </Button>
      </div>
      <Progress size={6} value={share * 100} aria-label={texts.running} />
    </section>
  );
}
