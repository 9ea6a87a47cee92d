import { z } from 'zod';
import { notAnId, type PointId, toPointId } from './ids.ts';
import { badJson, type Refusal, unsupported } from './refusal.ts';

/** How a value is called in the parser's messages. */
function described(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'sequence';
  if (typeof value === 'string') return `string ${JSON.stringify(value)}`;
  if (typeof value === 'boolean') return `boolean \`${value}\``;
  if (typeof value === 'number') return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``;
  return 'map';
}

/** A value of one of the server's own types, whose name its messages carry. */
function typed<T>(name: string, test: (value: unknown) => boolean): z.ZodType<T> {
  return z.custom<T>(test, { error: `expected ${name}` });
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export const usize = typed<number>('usize', (value) => Number.isInteger(value) && Number(value) >= 0);
export const float = typed<number>('f32', (value) => typeof value === 'number');
export const bool = typed<boolean>('a boolean', (value) => typeof value === 'boolean');
export const text = typed<string>('a string', (value) => typeof value === 'string');
export const map = typed<Record<string, unknown>>('a map', isMap);

export const pointId = z.unknown().transform((value, context): PointId => {
  const id = toPointId(value);
  if (id !== null) return id;
  context.issues.push({ code: 'custom', input: value, message: value === undefined ? 'expected' : notAnId(value) });
  return z.NEVER;
});

/** Text of what is wrong, in the server's words (without the position in the text). */
function refusalOf(issue: z.core.$ZodIssue): Refusal {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') {
    return badJson(`missing field \`${String(issue.path.at(-1))}\``);
  }
  if (!issue.message.startsWith('expected ')) return badJson(issue.message);
  const negative = issue.message === 'expected usize' && Number.isInteger(issue.input);
  return badJson(`invalid ${negative ? 'value' : 'type'}: ${described(issue.input)}, ${issue.message}`);
}

/** Fields that a real server knows and the double does not: never ignored. */
const NOT_DONE = new Set(['strict_mode_config', 'shard_key', 'lookup_from', 'sharding_method', 'wal_config', 'params']);

/**
 * Reads a body. A real server ignores fields that it does not know; so does this one unless `strict`, where they are
 * refused as not implemented, so that a misspelt field is seen.
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown, strict: boolean): T {
  const { success, data, error } = schema.safeParse(body, { reportInput: true });
  if (success) return data;
  const unknown = error.issues.filter((issue) => issue.code === 'unrecognized_keys');
  const wrong = error.issues.find((issue) => issue.code !== 'unrecognized_keys');
  for (const { path, keys } of unknown) {
    const refused = keys.find((key) => strict || NOT_DONE.has(key));
    if (refused !== undefined) throw unsupported(`the field ${[...path, refused].join('.')}`);
  }
  if (wrong || unknown.length === 0) throw wrong ? refusalOf(wrong) : badJson('data did not match');
  for (const issue of unknown) forget(body, issue.path, issue.keys);
  return readBody(schema, body, strict);
}

function forget(body: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  let holder = body as Record<PropertyKey, unknown>;
  for (const step of path) holder = holder[step] as Record<PropertyKey, unknown>;
  for (const key of keys) delete holder[key];
}

/** Refuses text that is no JSON as the server's parser does: most of all, where a body was cut off. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const open = openEnd(body);
    throw badJson(open ? `EOF while parsing a ${open}` : `expected value (${String(error)})`);
  }
}

/** What was open where the text ends; null when it did not just end too early. */
function openEnd(body: string): 'list' | 'object' | 'string' | 'value' | null {
  if (body.trim() === '') return 'value';
  const open: string[] = [];
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const char = body[at];
    if (quoted) {
      if (char === '\\') at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '[' || char === '{') open.push(char);
    else if (char === ']' || char === '}') open.pop();
  }
  if (quoted) return 'string';
  const last = open.at(-1);
  return last === undefined ? null : last === '[' ? 'list' : 'object';
}
