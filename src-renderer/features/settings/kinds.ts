import { z } from 'zod';
import { SETTINGS } from '../../texts/settings.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';

/** How a setting is edited. `words`: what a number may be instead. */
export type Kind =
  | { kind: 'switch' }
  | { kind: 'choice'; values: string[] }
  | {
      kind: 'number';
      isWhole: boolean;
      least: number;
      most: number | null;
      words: string[];
      unit: 'ms' | 'bytes' | null;
    }
  | { kind: 'list' }
  | { kind: 'secret' }
  | { kind: 'text' };

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
}

const SECRETS = new Set(['qdrant.apiKey']);

const json = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

/** Of a setting by its dotted path. One that this console does not know, of a newer server, is text. */
export function kindOf(path: string): Kind {
  if (SECRETS.has(path)) return { kind: 'secret' };
  const schema = path.split('.').reduce<JsonSchema | undefined>((at, key) => at?.properties?.[key], json) ?? {};
  const choices = schema.anyOf ?? [schema];
  const number = choices.find(({ type }) => type === 'integer' || type === 'number');
  if (number) {
    const most = number.maximum ?? Number.MAX_SAFE_INTEGER;
    return {
      kind: 'number',
      isWhole: number.type === 'integer',
      least: number.minimum ?? 0,
      most: most < Number.MAX_SAFE_INTEGER ? most : null,
      words: choices.flatMap(({ const: word }) => (typeof word === 'string' ? [word] : [])),
      unit: path.endsWith('Ms') ? 'ms' : path.endsWith('Bytes') ? 'bytes' : null,
    };
  }
  if (schema.type === 'boolean') return { kind: 'switch' };
  if (schema.type === 'array') return { kind: 'list' };
  return schema.enum ? { kind: 'choice', values: schema.enum } : { kind: 'text' };
}

/** What is wrong with a value, in the words of its schema; null where nothing is. */
export function problemOfValue(path: string, value: unknown): string | null {
  if (value === '') return SETTINGS.needsValue;
  const nested = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const { error } = settingsSchema.safeParse(nested);
  return error ? wordsOf(error.issues[0]!) : null;
}

/** Of a union, what the last of its kinds says: the first ones are special words. */
function wordsOf(issue: z.core.$ZodIssue): string {
  const last = issue.code === 'invalid_union' ? issue.errors.at(-1)?.[0] : undefined;
  return last ? wordsOf(last) : issue.message;
}
