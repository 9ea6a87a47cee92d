import { parseOrThrow } from '../../domain/app-error.ts';
import { taskFilter, type TaskFilter, type TaskState } from '../../domain/task.ts';
import { CHUNK, type QueueContext } from './context.ts';
import { parseData } from './rows.ts';

/** Buckets of 64 places that one script looks at most: a millisecond. */
const BUCKETS = 2;
/** No place is as high; Lua and Redis can say it exactly. */
const ABOVE_ALL = 1e15;

/** A task by its place in the order of creation, which no other task ever has. */
export interface Found {
  place: number;
  id: string;
}

/** Half a character would reach Redis as another one, and cjson refuses it. */
const sayable = taskFilter.check(({ value, issues }) => {
  for (const [field, texts] of Object.entries(value)) {
    if ([texts].flat().every((text) => typeof text !== 'string' || text.isWellFormed())) continue;
    issues.push({ code: 'custom', path: [field], message: 'is not well-formed Unicode', input: texts });
  }
});

export function checkedFilter(filter: TaskFilter): TaskFilter {
  return parseOrThrow(sayable, filter, 'filter');
}

/** The part of a filter that Lua answers, in the states of a verb. */
export function conditionOf(filter: TaskFilter, from: readonly TaskState[]): string {
  const { states, codes, importId, workerId, finishedBefore } = filter;
  const wanted = states ? from.filter((state) => states.includes(state)) : from;
  // An empty list has no JSON that cjson knows from an empty object; as a set they are the same.
  return JSON.stringify({ states: wanted, codes, importId, workerId, finishedBefore });
}

/**
 * Tasks that match, below `before`, newest first, in batches of about `size`. Each step is a script of its own, so what comes may have
 * changed since: who writes repeats the condition.
 */
export async function* scan(
  context: QueueContext,
  filter: TaskFilter,
  from: readonly TaskState[],
  size: number,
  before = ABOVE_ALL,
): AsyncGenerator<Found[]> {
  if (filter.ids) {
    yield await pick(context, filter, filter.ids, from, before);
    return;
  }
  const condition = conditionOf(filter, from);
  const needsData = filter.catalogId !== undefined || filter.text !== undefined;
  // Where JavaScript has the last word, most of what Lua finds may be nothing.
  const most = needsData ? Math.max(size, CHUNK) : size;
  for (let end = before; end > 0;) {
    const [next, ...values] = await context.run<[number, ...Values]>(
      'scan',
      condition,
      end,
      BUCKETS,
      most,
      needsData ? '1' : '',
    );
    const found = foundIn(values, filter);
    if (found.length > 0) yield found;
    end = next;
  }
}

/** Of the named ones, in the order of a listing. */
async function pick(
  context: QueueContext,
  filter: TaskFilter,
  ids: readonly string[],
  from: readonly TaskState[],
  before: number,
): Promise<Found[]> {
  const condition = conditionOf(filter, from);
  const unique = [...new Set(ids)];
  const found: Found[] = [];
  for (let start = 0; start < unique.length; start += CHUNK) {
    const values = await context.run<Values>('pick', condition, ...unique.slice(start, start + CHUNK));
    found.push(...foundIn(values, filter));
  }
  return found.filter(({ place }) => place < before).toSorted((a, b) => b.place - a.place);
}

/** Three for each task: place, id, data. */
type Values = (number | string | null)[];

function foundIn(values: Values, filter: TaskFilter): Found[] {
  const found: Found[] = [];
  for (let index = 0; index < values.length; index += 3) {
    const [place, id, data] = values.slice(index, index + 3) as [number, string, string | null];
    if (data === null || dataMatches(data, filter)) found.push({ place, id });
  }
  return found;
}

/** The part of a filter that JavaScript answers: Lua parses no payload, and knows not the case of all letters. */
function dataMatches(text: string, filter: TaskFilter): boolean {
  if (filter.catalogId === undefined && filter.text === undefined) return true;
  const { catalogId, payload } = parseData(text);
  if (filter.catalogId !== undefined && catalogId !== filter.catalogId) return false;
  if (filter.text === undefined) return true;
  return typeof payload.path === 'string' && payload.path.toLowerCase().includes(filter.text.toLowerCase());
}
