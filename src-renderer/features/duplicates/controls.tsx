import { Checkbox, SegmentedControl, Slider } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { GROUP_KINDS } from '../../../src-core/domain/duplicates.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import classes from './duplicates.module.css';
import { KeepRules } from './keep-rules.tsx';
import { rulesText, type Rule } from './rules.ts';
import type { DuplicatesQuery } from './search.ts';
import type { ChangeAddress } from './use-address.ts';

const STEP = 0.005;
const ALL = 'all';
const KINDS = [ALL, ...GROUP_KINDS] as const;

interface ControlsProps {
  query: DuplicatesQuery;
  minScore: number;
  /** Below it the scan has kept nothing. */
  leastScore: number;
  rules: readonly Rule[];
  change: ChangeAddress;
}

export function Controls({ query, minScore, leastScore, rules, change }: ControlsProps): ReactNode {
  return (
    <div className={classes.controls}>
      <Threshold
        key={minScore}
        value={minScore}
        least={leastScore}
        onChange={(min_score) => change({ min_score }, { replace: true })}
      />
      <SegmentedControl
        size="xs"
        aria-label={DUPLICATES.kind}
        data={KINDS.map((value) => ({ value, label: DUPLICATES.kinds[value] }))}
        value={query.kind ?? ALL}
        onChange={(kind) => change({ kind: kind === ALL ? undefined : (kind as (typeof GROUP_KINDS)[number]) })}
      />
      <Checkbox
        size="xs"
        label={DUPLICATES.hideSameProduct}
        checked={query.hide_same_product ?? false}
        onChange={({ currentTarget }) => change({ hide_same_product: currentTarget.checked || undefined })}
      />
      <Checkbox
        size="xs"
        label={DUPLICATES.acrossProducts}
        checked={query.across_products ?? false}
        onChange={({ currentTarget }) => change({ across_products: currentTarget.checked || undefined })}
      />
      <KeepRules rules={rules} onChange={(next) => change({ keep: rulesText(next) })} />
    </div>
  );
}

function Threshold({
  value,
  least,
  onChange,
}: {
  value: number;
  least: number;
  onChange(value: number): void;
}): ReactNode {
  const [shown, setShown] = useState(value);
  return (
    <div className={classes.threshold} title={DUPLICATES.thresholdText}>
      <span>{DUPLICATES.threshold}</span>
      <Slider
        size="xs"
        className={classes.slider}
        min={least}
        max={1}
        step={STEP}
        label={null}
        thumbLabel={DUPLICATES.threshold}
        value={shown}
        onChange={setShown}
        onChangeEnd={(score) => onChange(Number(score.toFixed(3)))}
      />
      <output>{shown.toFixed(3)}</output>
    </div>
  );
}
