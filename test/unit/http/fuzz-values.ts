import fc from 'fast-check';
import { z } from 'zod';

/** What programs of bad will, or with a defect, send in the place of anything. */
const TEXTS = [
  '',
  ' ',
  '.',
  '..',
  '\0',
  'a\0b',
  '%00',
  '%2e%2e%2f',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  '/proc/self/environ',
  '//host/share/a.png',
  'C:\\a.png',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  '__proto__',
  'constructor',
  "'; DROP TABLE tasks; --",
  '" OR "1"="1',
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  'a\r\nx-injected: 1',
  '\ud800',
  '\u202egnp.a',
  'e\u0301',
  '👩‍👩‍👧‍👦',
  'İI',
  'NaN',
  'null',
  '-0',
  '1e999',
  '9'.repeat(400),
  'x'.repeat(20_000),
  'default',
  '00000000-0000-0000-0000-000000000000',
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let n = 0; n < depth; n++) value = n % 2 ? [value] : { a: value };
  return value;
}

const hostileText = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 50 }));

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      0.5,
      1e308,
      2 ** 53,
      -(2 ** 63),
      {},
      [],
      [null],
      nested(500),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.array(hostileText, { maxLength: 200 }) },
);

/** As text of a path or a query. */
export const hostileWord = hostileText;

interface Json {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Json[];
  oneOf?: Json[];
  format?: string;
  minimum?: number;
  maximum?: number;
  items?: Json | boolean;
  properties?: Record<string, Json>;
  required?: string[];
}

/** Values that a schema takes, or nearly: what JSON Schema cannot say (a path that must be absolute) is tried with both. */
export function valuesOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  return ofJson(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json);
}

function ofJson({ type, ...json }: Json): fc.Arbitrary<unknown> {
  const choices = json.anyOf ?? json.oneOf;
  if (choices) return fc.oneof(...choices.map(ofJson));
  if (json.enum) return fc.constantFrom(...json.enum);
  if (json.const !== undefined) return fc.constant(json.const);
  const { minimum: min = -1_000, maximum: max = 100_000 } = json;
  switch (type) {
    case 'string':
      return json.format === 'uuid' ? fc.uuid() : fc.oneof(fc.constantFrom('a', '/pictures/a.png'), hostileText);
    case 'integer':
      return fc.integer({ min: Math.max(min, -1_000), max: Math.min(max, 100_000) });
    case 'number':
      return fc.double({ min, max, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(typeof json.items === 'object' ? ofJson(json.items) : hostileValue, { maxLength: 3 });
    case 'object':
      return ofObject(json);
    default:
      return hostileValue;
  }
}

function ofObject({ properties = {}, required = [] }: Json): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([key, json]) => [key, ofJson(json)]));
  return fc.record(fields, { requiredKeys: required });
}

/** The same with one thing wrong: a field of another type, one too few, one too many. */
export function spoilt(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.constantFrom('replace', 'drop', 'add', 'whole'), fc.nat(), hostileValue)
    .map(([value, how, pick, other]) => {
      if (how === 'whole' || typeof value !== 'object' || value === null) return other;
      const keys = Object.keys(value);
      const key = how === 'add' || keys.length === 0 ? 'no_such_field' : keys[pick % keys.length]!;
      const { [key]: _gone, ...rest } = value as Record<string, unknown>;
      return how === 'drop' ? rest : { ...rest, [key]: other };
    });
}
