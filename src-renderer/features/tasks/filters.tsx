import { MultiSelect, Pill, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { memo, type ReactNode, type Ref } from 'react';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { ERROR_CODES, type ErrorCode } from '../../../src-core/domain/app-error.ts';
import { useApi } from '../../app/context.ts';
import { formatCount, formatExact } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import type { TasksSearch } from './search.ts';
import { TextFilter } from './text-filter.tsx';
import classes from './tasks.module.css';

const route = getRouteApi('/tasks');
const texts = TASKS.filters;

/** Of a select: more is found by typing. */
const LIMIT = 200;

interface FiltersProps {
  search: TasksSearch;
  failures: StatsDocument['failures_by_code'] | undefined;
  /** Of the field for text. */
  ref: Ref<HTMLInputElement>;
}

/** What narrows the tasks down, besides their state. All of it is in the address. Drawn anew for neither rows nor counts. */
export const Filters = memo(function Filters({ search, failures, ref }: FiltersProps): ReactNode {
  const navigate = route.useNavigate();
  const { imports, workers, catalogs } = useChoices(search);
  const change = (fields: Partial<TasksSearch>, replace = false): void =>
    void navigate({ search: (old) => ({ ...old, ...fields, task: undefined }), replace });
  const { code, import_id, worker_id, catalog, text } = search;
  const common = {
    size: 'xs',
    clearable: true,
    searchable: true,
    limit: LIMIT,
    nothingFoundMessage: texts.nothing,
    comboboxProps: { width: 320, position: 'bottom-start' },
  } as const;
  return (
    <div role="search" aria-label={texts.label} className={classes.filters}>
      <TextFilter ref={ref} text={text ?? ''} onChange={(value) => change({ text: value || undefined }, true)} />
      <MultiSelect
        {...common}
        className={classes.codes}
        classNames={{ pillsList: classes.oneLine, inputField: code ? classes.narrow : '' }}
        aria-label={texts.code}
        placeholder={code ? '' : texts.code}
        data={codesOf(failures)}
        value={code ?? []}
        renderPill={({ value = '', onRemove }) =>
          value === code?.[0] && (
            <Pill withRemoveButton {...(onRemove && { onRemove })}>
              {code.length > 1 ? texts.codes(formatCount(code.length)) : value}
            </Pill>
          )
        }
        onChange={(value) => change({ code: value.length > 0 ? (value as ErrorCode[]) : undefined })}
      />
      <Select
        {...common}
        className={classes.select}
        aria-label={texts.import}
        placeholder={texts.import}
        data={imports}
        value={import_id ?? null}
        onChange={(value) => change({ import_id: value ?? undefined })}
      />
      <Select
        {...common}
        className={classes.select}
        aria-label={texts.worker}
        placeholder={texts.worker}
        data={workers}
        value={worker_id ?? null}
        onChange={(value) => change({ worker_id: value ?? undefined })}
      />
      <Select
        {...common}
        className={classes.select}
        aria-label={texts.catalog}
        placeholder={texts.catalog}
        data={catalogs}
        value={catalog ?? null}
        onChange={(value) => change({ catalog: value ?? undefined })}
      />
    </div>
  );
});

/** What can be chosen; what the address names is there also when the server does not know it any more. */
function useChoices({ import_id, worker_id, catalog }: TasksSearch) {
  const api = useApi();
  const { data: runs } = useQuery(api.imports.list.queryOptions({ input: { limit: 500 } }));
  const { data: fleet } = useQuery(api.queue.workers.queryOptions());
  const { data: stored } = useQuery(api.catalogs.list.queryOptions());
  return {
    imports: withNamed(
      import_id,
      runs?.imports.map((run) => ({
        value: run.import_id,
        label: `${run.root} · ${formatExact(Date.parse(run.created_at))}`,
      })),
    ),
    workers: withNamed(
      worker_id,
      fleet?.workers.map((worker) => ({ value: worker.worker_id, label: worker.worker_id })),
    ),
    catalogs: withNamed(
      catalog,
      stored?.catalogs.map(({ name }) => ({ value: name, label: name })),
    ),
  };
}

interface Choice {
  value: string;
  label: string;
}

function withNamed(value: string | undefined, choices: readonly Choice[] = []): Choice[] {
  const isKnown = value === undefined || choices.some((choice) => choice.value === value);
  return isKnown ? [...choices] : [{ value, label: value }, ...choices];
}

/** Those that failed tasks have come first, with how many. */
function codesOf(failures: Record<string, number> = {}): Choice[] {
  const count = (code: string): number => failures[code] ?? 0;
  return ERROR_CODES.toSorted((a, b) => count(b) - count(a)).map((code) => ({
    value: code,
    label: count(code) > 0 ? `${code} (${formatCount(count(code))})` : code,
  }));
}
