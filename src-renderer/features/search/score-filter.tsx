import { Group, Select, Slider } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { SEARCH } from '../../texts/search.ts';
import classes from './search.module.css';
import { DEFAULT_LIMIT } from './search.ts';

const LIMITS = [20, DEFAULT_LIMIT, 200, 1_000];

interface ScoreFilterProps {
  minScore: number | undefined;
  limit: number | undefined;
  /** Scores are of pictures: without one there is nothing to compare with. */
  hasPicture: boolean;
  onChange(part: { min_score?: number | undefined; limit?: number | undefined }): void;
}

export function ScoreFilter({ minScore, limit = DEFAULT_LIMIT, hasPicture, onChange }: ScoreFilterProps): ReactNode {
  const [moving, setMoving] = useState<number | null>(null);
  const shown = moving ?? minScore ?? 0;
  return (
    <>
      {hasPicture && (
        <div>
          <Group justify="space-between">
            <span className={classes.label}>{SEARCH.minScore}</span>
            <span className={classes.labelValue}>{shown > 0 ? shown.toFixed(2) : SEARCH.minScoreAny}</span>
          </Group>
          <Slider
            size="xs"
            min={0}
            max={1}
            step={0.01}
            label={null}
            thumbLabel={SEARCH.minScore}
            value={shown}
            onChange={setMoving}
            onChangeEnd={(value) => {
              setMoving(null);
              onChange({ min_score: value > 0 ? value : undefined });
            }}
            my={6}
          />
        </div>
      )}
      <Select
        size="xs"
        label={SEARCH.limit}
        classNames={{ label: classes.label }}
        allowDeselect={false}
        data={[...new Set([...LIMITS, limit])]
          .toSorted((a, b) => a - b)
          .map((count) => ({
            value: String(count),
            label: SEARCH.limitOption(formatCount(count)),
          }))}
        value={String(limit)}
        onChange={(value) => onChange({ limit: Number(value) === DEFAULT_LIMIT ? undefined : Number(value) })}
      />
    </>
  );
}
