import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Recorded, settled } from '../../support/qdrant-double/compare-answers.ts';
import { startQdrantDouble } from '../../support/qdrant-double/start.ts';

/** Answers of Qdrant 1.16.3 to our own requests; each scenario began with no collections. test/fixtures/README.md */
interface Step {
  scenario: string;
  title: string;
  request: { method: string; path: string; body?: unknown; raw?: string; headers?: Record<string, string> };
  response: Recorded;
  also?: Recorded[];
}

const steps = readFileSync(new URL('../../fixtures/qdrant/recordings-1.16.3.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Step);
const scenarios = Object.groupBy(steps, ({ scenario }) => scenario);

/** What the double does not do, since our adapter does not use it: it answers with 501 and the name of it. */
const LEFT_OUT: Record<string, Record<string, string>> = {
  query: {
    groups: 'the adapter does not group',
    'old search': 'the adapter uses /points/query',
    'old search without limit': 'the adapter uses /points/query',
    'old recommend': 'the adapter uses /points/query',
    'distance matrix': 'the adapter does not ask for it',
  },
  filters: { 'scroll: geo radius': 'pictures have no places' },
  words: {
    'words made by the server': 'the tokens are ours, so that both stores cut words alike',
    'asked with words': 'the tokens are ours, so that both stores cut words alike',
    'an unknown model': 'the tokens are ours, so that both stores cut words alike',
  },
  'strict mode': { create: 'the adapter sets no limits on a collection' },
};

/** Scenarios of which nothing can be asked once their first step is left out. */
const ENDS_AFTER = new Set(['strict mode']);

async function ask(url: string, { method, path, body, raw, headers }: Step['request']): Promise<Recorded> {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, type, ...(type === 'application/json' ? { body: JSON.parse(text) } : { text }) };
}

function isAsRecorded(answer: Recorded, { request, response, also = [] }: Step): boolean {
  const recorded = [response, ...also];
  const mine = settled(answer, request, also.length > 0);
  return recorded.some((each) => isDeepStrictEqual(settled(each, request, also.length > 0), mine));
}

describe('the Qdrant double answers as a real server did', () => {
  test.each(Object.entries(scenarios))('%s', async (scenario, steps = []) => {
    // As a real server does, fields that are not known are ignored here.
    const double = await startQdrantDouble({ strict: false });
    onTestFinished(() => double.stop());
    const wrong: unknown[] = [];
    for (const step of steps.slice(0, ENDS_AFTER.has(scenario) ? 1 : Infinity)) {
      const answer = await ask(double.url, step.request);
      const isLeftOut = LEFT_OUT[scenario]?.[step.title] !== undefined;
      const isRight = isLeftOut ? answer.status === 501 : isAsRecorded(answer, step);
      if (!isRight) wrong.push({ title: step.title, answer, recorded: step.response });
    }
    expect(wrong).toEqual([]);
  });

  test('the recordings are whole, and what is left out is among them', () => {
    expect(steps).toHaveLength(369);
    for (const [scenario, titles] of Object.entries(LEFT_OUT)) {
      expect(scenarios[scenario]?.map(({ title }) => title)).toEqual(expect.arrayContaining(Object.keys(titles)));
    }
  });
});
