import { z } from 'zod';
import type { Scalar } from './filter-grammar.ts';
import { valuesAt, type Path } from './payload-path.ts';
import type { Point } from './points.ts';
import { momentOf } from './ranges.ts';
import { badJson } from './refusal.ts';
import { type TextIndex, textIndexSchema, tokensOf } from './tokens.ts';

const KINDS = ['keyword', 'integer', 'float', 'geo', 'text', 'bool', 'datetime', 'uuid'] as const;
export type IndexKind = (typeof KINDS)[number];

const flag = z.boolean().nullish();
const schemaOf = z.union([
  z.enum(KINDS),
  z.strictObject({ type: z.literal(['keyword', 'uuid']), is_tenant: flag, on_disk: flag }),
  z.strictObject({ type: z.literal('integer'), lookup: flag, range: flag, is_principal: flag, on_disk: flag }),
  z.strictObject({ type: z.literal(['float', 'datetime']), is_principal: flag, on_disk: flag }),
  z.strictObject({ type: z.literal(['bool', 'geo']), on_disk: flag }),
  textIndexSchema,
]);
export type IndexSchema = z.infer<typeof schemaOf>;

export function readIndexSchema(value: unknown): IndexSchema {
  const { success, data } = schemaOf.safeParse(value);
  if (!success) throw badJson('data did not match any variant of untagged enum PayloadFieldSchema');
  return data;
}

/** Which points hold which values of one field. */
export interface PayloadIndex {
  readonly kind: IndexKind;
  readonly schema: IndexSchema;
  readonly path: Path;
  /** How a text index cuts words; null for other kinds. */
  readonly text: TextIndex | null;
  /** Points by value, or by word in a text index. */
  readonly points: ReadonlyMap<Scalar, ReadonlySet<Point>>;
  /** How many points hold at least one value of this kind. */
  readonly size: number;
  add(point: Point): void;
  remove(point: Point): void;
}

export function createPayloadIndex(schema: IndexSchema, path: Path): PayloadIndex {
  const kind = typeof schema === 'string' ? schema : schema.type;
  const text = kind !== 'text' ? null : typeof schema === 'string' ? { type: kind } : (schema as TextIndex);
  const points = new Map<Scalar, Set<Point>>();
  let size = 0;

  const termsOf = (point: Point): Set<Scalar> => {
    const values = valuesAt(point.payload, path).filter((value) => isOf(kind, value)) as Scalar[];
    return new Set(text ? values.flatMap((value) => tokensOf(String(value), text)) : values);
  };

  return {
    kind,
    schema,
    path,
    text,
    points,
    get size() {
      return size;
    },
    add(point) {
      const terms = termsOf(point);
      if (terms.size > 0) size++;
      for (const term of terms) {
        const holders = points.get(term);
        if (holders) holders.add(point);
        else points.set(term, new Set([point]));
      }
    },
    remove(point) {
      const terms = termsOf(point);
      if (terms.size > 0) size--;
      for (const term of terms) {
        const holders = points.get(term);
        holders?.delete(point);
        if (holders?.size === 0) points.delete(term);
      }
    },
  };
}

function isOf(kind: IndexKind, value: unknown): boolean {
  if (kind === 'integer') return Number.isInteger(value);
  if (kind === 'float') return typeof value === 'number';
  if (kind === 'bool') return typeof value === 'boolean';
  if (kind === 'geo') return typeof value === 'object' && value !== null && 'lon' in value && 'lat' in value;
  if (kind === 'datetime') return typeof value === 'string' && momentOf(value) !== null;
  return typeof value === 'string';
}
