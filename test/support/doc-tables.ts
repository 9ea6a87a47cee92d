import { z } from 'zod';
import { ERRORS } from '../../src-core/domain/app-error.ts';
import { environmentName, settingPaths } from '../../src-core/settings/load.ts';
import { settingsSchema } from '../../src-core/settings/schema.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Rows of docs/errors.md, from the closed set of codes. */
export function errorRows(): string[] {
  return Object.entries(ERRORS).map(([code, { retryable, todo }]) =>
    row([`\`${code}\``, retryable ? 'yes' : 'no', todo]),
  );
}

/** Rows of docs/configuration.md, from the schema. */
export function settingRows(): string[] {
  const defaults = settingsSchema.parse({}) as Record<string, unknown>;
  return settingPaths()
    .filter(([path]) => path !== 'version')
    .map(([path, schema]) => {
      const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], defaults);
      return row([
        `\`${path}\``,
        `\`${environmentName(path)}\``,
        value === null || (Array.isArray(value) && value.length === 0) ? '' : `\`${String(value)}\``,
        choices(schema),
        schema.description ?? '',
      ]);
    });
}

function choices(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, { io: 'input' }) as Json;
  return describeJson(json);
}

interface Json {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Json[];
  minimum?: number;
  maximum?: number;
}

function describeJson({ type, enum: values, const: only, anyOf, minimum, maximum }: Json): string {
  if (only === '' || type === 'null') return '';
  if (type === 'array') return 'list, parted by ;';
  if (anyOf) return anyOf.map(describeJson).filter(Boolean).join(' or ');
  if (only !== undefined) return String(only);
  if (values) return values.join(', ');
  const upper = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? `–${maximum}` : '';
  return minimum === undefined ? (type ?? '') : `${type} ≥ ${minimum}${upper}`.replace(/≥ (\S+)–/, '$1–');
}
