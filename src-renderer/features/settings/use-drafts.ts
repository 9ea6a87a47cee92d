import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useApi } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { fieldProblemsOf } from '../../lib/problem.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';
import type { Setting } from './groups.ts';
import { problemOfValue } from './kinds.ts';
import { isSame } from './values.ts';

/** What is typed and not saved yet, by path; null takes the default again. */
export type Drafts = ReadonlyMap<string, unknown>;

/** Changes are gathered, and saved all or none. */
export function useDrafts() {
  const api = useApi();
  const queries = useQueryClient();
  const [drafts, setDrafts] = useState<Drafts>(new Map());
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());

  const save = useMutation({
    mutationFn: () =>
      api.settings.set.call({
        changes: Object.fromEntries([...drafts].map(([path, value]) => [path, cleaned(value)])),
      }),
    onSuccess: async ({ changed }) => {
      await Promise.all(
        [api.settings.key(), api.fleet.key()].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
      setDrafts(new Map());
      notifyDone(SETTINGS.saved(changed.length, formatCount(changed.length)));
    },
    onError: (error) => {
      const fields = fieldProblemsOf(error);
      setRefused(fields);
      if (fields.size === 0) notifyProblem(error);
    },
  });

  /** Null takes the default again, undefined what was typed back. */
  function change(setting: Setting, typed: unknown): void {
    const { path, next, is_saved } = setting;
    // Nothing is what such a setting is without a value.
    const value = typed === '' && setting.default === null ? null : typed;
    setRefused((old) => without(old, path));
    const isBack = value === undefined || (value === null ? !is_saved : isSame(value, next));
    setDrafts((old) => (isBack ? without(old, path) : new Map(old).set(path, value)));
  }

  /** Of what is typed; null where nothing is wrong. */
  function problemOf(path: string): string | null {
    const value = drafts.get(path);
    const own = value === undefined || value === null ? null : problemOfValue(path, cleaned(value));
    return own ?? refused.get(path) ?? null;
  }

  return {
    drafts,
    change,
    problemOf,
    hasProblem: [...drafts.keys()].some((path) => problemOf(path) !== null),
    save,
    discard: (): void => {
      setDrafts(new Map());
      setRefused(new Map());
    },
  };
}

function without<T>(map: ReadonlyMap<string, T>, path: string): ReadonlyMap<string, T> {
  if (!map.has(path)) return map;
  const left = new Map(map);
  left.delete(path);
  return left;
}

/** Of a list, the lines that say something. */
function cleaned(value: unknown): unknown {
  return Array.isArray(value) ? value.map((line) => String(line).trim()).filter(Boolean) : value;
}
