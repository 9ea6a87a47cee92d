import { shortHash } from './names.ts';
import { START, startOf } from './start-of.ts';

/** What conditions can ask of one key of a record's metadata. */
export interface Fact {
  /** Its values, lists taken apart, with their kinds: `true` is not “true”, and 42 is not “42”. */
  values: string[];
  /** The numbers among them. */
  numbers: number[];
}

type Scalar = string | number | boolean;

/** By the hash of each key: a path into a payload cannot name a key with a quote in it, or hardly one with a dot. */
export function factsOf(metadata: Record<string, unknown>): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [key, value] of Object.entries(metadata)) {
    const scalars = (Array.isArray(value) ? value : [value]).filter(isScalar);
    if (scalars.length === 0) continue;
    facts[factKey(key)] = {
      values: [...new Set(scalars.map(encodeFact))],
      numbers: scalars.filter((one) => typeof one === 'number'),
    };
  }
  return facts;
}

export function factPath(key: string, part: keyof Fact): string {
  return `facts.${factKey(key)}.${part}`;
}

export function encodeFact(value: Scalar): string {
  return typeof value === 'string' ? startOf(value) : JSON.stringify(value);
}

export function decodeFact(text: string): Scalar {
  return JSON.parse(text.startsWith(START) ? `"${text.slice(1)}"` : text) as Scalar;
}

function factKey(key: string): string {
  return `k${shortHash(key)}`;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
