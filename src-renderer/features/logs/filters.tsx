import { Button, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { LOG_LEVELS, type LogLevel } from '../../lib/log-rows.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { LOGS } from '../../texts/logs.ts';
import type { LogsSearch } from './search.ts';
import classes from './logs.module.css';

const route = getRouteApi('/logs');
const texts = LOGS.filters;

/** Kinds of processes that log. */
const PROCS = ['serve', 'worker', 'finder'];
export const DEFAULT_LEVEL: LogLevel = 'info';

/** What narrows the log down. All of it is in the address. */
export function Filters({ search }: { search: LogsSearch }): ReactNode {
  const navigate = route.useNavigate();
  const { data: fleet } = useQuery(useApi().queue.workers.queryOptions());
  const change = (fields: Partial<LogsSearch>, replace = false): void =>
    void navigate({ search: (old) => ({ ...old, ...fields }), replace });
  const text = useTyped(search.text ?? '', (value) => change({ text: value || undefined }, true));
  const of = useTyped(search.of ?? '', (value) => change({ of: value || undefined }, true));
  const workers = fleet?.workers.map(({ worker_id }) => worker_id) ?? [];
  const isNarrowed = Object.values(search).some((value) => value !== undefined);
  const common = { size: 'xs', comboboxProps: { width: 240, position: 'bottom-start' } } as const;
  return (
    <div role="search" aria-label={texts.label} className={classes.filters}>
      <Select
        {...common}
        w={120}
        aria-label={texts.level}
        allowDeselect={false}
        data={LOG_LEVELS.map((value) => ({ value, label: texts.levelFrom(LOGS.levels[value]) }))}
        value={search.level ?? DEFAULT_LEVEL}
        onChange={(value) =>
          change({ level: value === DEFAULT_LEVEL ? undefined : ((value ?? undefined) as LogLevel) })
        }
      />
      <Select
        {...common}
        w={110}
        clearable
        aria-label={texts.proc}
        placeholder={texts.proc}
        data={withNamed(search.proc, PROCS)}
        value={search.proc ?? null}
        onChange={(value) => change({ proc: value ?? undefined })}
      />
      <Select
        {...common}
        w={160}
        clearable
        searchable
        limit={200}
        nothingFoundMessage={texts.nothing}
        aria-label={texts.worker}
        placeholder={texts.worker}
        data={withNamed(search.worker, workers)}
        value={search.worker ?? null}
        onChange={(value) => change({ worker: value ?? undefined })}
      />
      <TextInput
        size="xs"
        w={170}
        aria-label={texts.task}
        placeholder={texts.task}
        value={of.text}
        onChange={({ currentTarget: { value } }) => of.setText(value)}
      />
      <TextInput
        size="xs"
        w={160}
        type="search"
        aria-label={texts.text}
        placeholder={texts.text}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text.text}
        onChange={({ currentTarget: { value } }) => text.setText(value)}
      />
      {isNarrowed && (
        <Button size="compact-xs" variant="subtle" onClick={() => void navigate({ search: {} })}>
          {texts.clear}
        </Button>
      )}
    </div>
  );
}

/** What the address names is there also when nobody knows it any more. */
function withNamed(value: string | undefined, all: readonly string[]): string[] {
  return value === undefined || all.includes(value) ? [...all] : [value, ...all];
}
