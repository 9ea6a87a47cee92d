import { ActionIcon, Group, NumberInput, Text, Tooltip } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { problemOf } from '../../lib/problem.ts';
import { formatCount } from '../../lib/format.ts';
import { WORKERS } from '../../texts/workers.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { useChangeFleet, useFleet } from './use-fleet.ts';
import classes from './workers.module.css';

const texts = WORKERS.fleet;
export const MOST_WORKERS = 256;

/** How many workers this server has, and what becomes of a change. */
export function LocalFleet(): ReactNode {
  const mayChange = useMayChange();
  const { data, error, refetch } = useFleet();
  const { resize } = useChangeFleet();
  const [typed, setTyped] = useState<number | null>(null);
  if (error && !data) {
    return problemOf(error).code === 'CONFLICT' ? (
      <div className={classes.fleet}>
        <Text c="dimmed">{texts.away}</Text>
      </div>
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  const wanted = data?.wanted ?? 0;
  const count = (phase: string): number => data?.workers.filter((worker) => worker.phase === phase).length ?? 0;
  const set = (workers: number): void => {
    setTyped(null);
    if (workers !== wanted && !resize.isPending) resize.mutate(workers);
  };
  const isDisabled = !data || !mayChange;
  return (
    <section className={classes.fleet} aria-label={texts.title}>
      <Group gap="xs" wrap="nowrap">
        <Text fw={600}>{texts.title}</Text>
        <Tooltip label={texts.less}>
          <ActionIcon
            variant="default"
            aria-label={texts.less}
            disabled={isDisabled || wanted === 0}
            onClick={() => set(wanted - 1)}
          >
            <IconMinus size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <NumberInput
          size="xs"
          w={64}
          aria-label={texts.wanted}
          value={typed ?? (data ? wanted : '')}
          min={0}
          max={MOST_WORKERS}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          disabled={isDisabled}
          onChange={(value) => setTyped(value === '' ? null : Number(value))}
          onBlur={() => typed !== null && set(typed)}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') currentTarget.blur();
            if (key === 'Escape') setTyped(null);
          }}
          classNames={{ input: classes.number! }}
        />
        <Tooltip label={texts.moreWorkers}>
          <ActionIcon
            variant="default"
            aria-label={texts.moreWorkers}
            disabled={isDisabled || wanted >= MOST_WORKERS}
            onClick={() => set(wanted + 1)}
          >
            <IconPlus size={15} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Text className={classes.phases} role="status">
        {data &&
          [
            texts.running(formatCount(count('running'))),
            ...(count('starting') > 0 ? [texts.starting(formatCount(count('starting')))] : []),
            ...(count('draining') > 0 ? [texts.draining(formatCount(count('draining')))] : []),
          ].join(' · ')}
      </Text>
      <Text c="dimmed" size="sm" className={classes.hint}>
        {texts.text}
      </Text>
    </section>
  );
}
