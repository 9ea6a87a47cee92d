import { parser } from '@prometheus-io/lezer-promql';
import type { Sample } from './exposition.ts';

interface Selector {
  metric: string;
  matchers: { label: string; op: string; value: string }[];
  /** Labels that an aggregation around it groups by. */
  grouped: string[];
  /** It is asked how fast it grows. */
  isRate: boolean;
}

const AROUND = new Set(['AggregateExpr', 'FunctionCall']);

/** Every selector of a PromQL query. Throws for what Prometheus' own grammar does not know. */
export function selectorsOf(query: string): Selector[] {
  const found: Selector[] = [];
  const around: { to: number; labels: string[]; isRate: boolean }[] = [];
  const cursor = parser.parse(query).cursor();
  do {
    const { name, from, to, type } = cursor;
    const text = query.slice(from, to);
    if (type.isError) throw new Error(`no PromQL at "${query.slice(from)}": ${query}`);
    while (around.length > 0 && around.at(-1)!.to <= from) around.pop();
    if (AROUND.has(name)) around.push({ to, labels: [], isRate: /^(rate|increase|irate)\(/.test(text) });
    else if (name === 'AggregateModifier') around.at(-1)!.labels.push(...labelsOf(text));
    else if (name === 'VectorSelector') {
      const grouped = around.flatMap(({ labels }) => labels);
      found.push({ ...selectorOf(text), grouped, isRate: around.some(({ isRate }) => isRate) });
    }
  } while (cursor.next());
  return found;
}

function labelsOf(modifier: string): string[] {
  const [, kind, list = ''] = /^(\w+)\s*\(([^)]*)\)$/.exec(modifier) ?? [];
  if (kind !== 'by') throw new Error(`only "by" can be checked: ${modifier}`);
  return list.split(',').flatMap((label) => label.trim() || []);
}

function selectorOf(text: string): Pick<Selector, 'metric' | 'matchers'> {
  const [, metric = '', list = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(text) ?? [];
  const matchers = [...list.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
    ([, label = '', op = '', value = '']) => ({
      label,
      op,
      value,
    }),
  );
  return { metric, matchers };
}

/** Prometheus itself puts these on every sample that it scrapes. */
const OF_PROMETHEUS = { job: 'imagefleet', instance: 'api:8000' };

/** What is wrong with a query, seen by what a program exports; nothing: it finds data. */
export function faultsOf(query: string, samples: readonly Sample[]): string[] {
  const scraped = samples.map((sample) => ({ ...sample, labels: { ...sample.labels, ...OF_PROMETHEUS } }));
  scraped.push({ name: 'up', type: 'gauge', labels: OF_PROMETHEUS, value: 1 });
  return selectorsOf(query).flatMap(({ metric, matchers, grouped, isRate }) => {
    const named = scraped.filter(({ name }) => name === metric);
    const hit = named.find(({ labels }) => matchers.every((matcher) => matches(labels, matcher)));
    if (!hit) return [named.length === 0 ? `nothing exports ${metric}` : `no ${metric} has these labels: ${query}`];
    const lacking = [...grouped, ...matchers.map(({ label }) => label)].filter((label) => !(label in hit.labels));
    const grows = hit.type !== 'gauge';
    return [
      ...lacking.map((label) => `${metric} has no label ${label}`),
      ...(grows === isRate ? [] : [`${metric} is a ${hit.type}, so ${isRate ? 'it has no rate' : 'it wants a rate'}`]),
    ];
  });
}

function matches(labels: Record<string, string>, { label, op, value }: Selector['matchers'][number]): boolean {
  const given = labels[label] ?? '';
  const is = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(given) : given === value;
  return op.startsWith('!') ? !is : is;
}
