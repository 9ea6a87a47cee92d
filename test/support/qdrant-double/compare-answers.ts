/** Compares an answer of the double with a recorded one, leaving open what a real server leaves open. */

export interface Recorded {
  status: number;
  type: string | null;
  body?: unknown;
  text?: string;
}

/**
 * What is the same in every run: no times, no positions in the parser's messages, ties in one order. Where runs differed
 * (`varied`) a ranking may have been cut among equals: which of them are shown is then left open.
 */
export function settled(answer: Recorded, request: { body?: unknown }, varied: boolean): unknown {
  const cut = varied ? cutOf(request.body) : null;
  const body = answer.body === undefined ? (answer.text ?? '') : settle(answer.body, cut);
  return { status: answer.status, type: answer.type, body };
}

type Cut = { limit: number; offset: number } | null;

function cutOf(body: unknown): Cut {
  const { limit, offset } = (body ?? {}) as Record<string, unknown>;
  return { limit: typeof limit === 'number' ? limit : 10, offset: typeof offset === 'number' ? offset : 0 };
}

function settle(value: unknown, cut: Cut): unknown {
  // A score is a float32: seven digits of it are the same on every machine, six after a sum in another order.
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(6));
  if (typeof value === 'string') return value.replace(/ at line \d+ column \d+$/, '');
  if (Array.isArray(value)) return settleList(value, cut);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'time' && key !== 'usage');
  return Object.fromEntries(entries.map(([key, inner]) => [key, settle(inner, cut)]));
}

interface Hit {
  id: unknown;
  score: number;
}

const isHit = (value: unknown): value is Hit => typeof value === 'object' && value !== null && 'score' in value;

function settleList(list: readonly unknown[], cut: Cut): unknown[] {
  const hits = list.map((each) => settle(each, cut));
  if (!hits.every(isHit)) return hits;
  const first = cut && cut.offset > 0 ? hits[0]?.score : undefined;
  const last = cut && hits.length === cut.limit ? hits.at(-1)?.score : undefined;
  return hits
    .map((hit) => (hit.score === first || hit.score === last ? { score: hit.score } : hit))
    .toSorted((a, b) => b.score - a.score || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
