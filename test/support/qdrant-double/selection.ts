import { z } from 'zod';
import { type Filter, readFilter } from './filter-grammar.ts';
import { type Path, type Payload, omitPaths, parsePath, pickPaths } from './payload-path.ts';
import type { Point } from './points.ts';
import { bool } from './read-body.ts';
import { badJson, unsupported } from './refusal.ts';
import { shownVectors } from './vectors.ts';

/** Parts of bodies that several requests share. */

/** A filter, null where there is none; `at` is its place in the body. */
export const filterAt = (at: string) =>
  z
    .unknown()
    .optional()
    .transform((value): Filter | null => (value === undefined || value === null ? null : readFilter(value, at)));

const names = z.array(z.string());
const payloadWish = z.union([bool, names, z.strictObject({ include: names }), z.strictObject({ exclude: names })]);
const vectorWish = z.union([bool, names]);

/** What an answer shows of each point. */
export interface Shown {
  payload: z.infer<typeof payloadWish>;
  vector: z.infer<typeof vectorWish>;
}

export const shownFields = { with_payload: payloadWish.nullish(), with_vector: vectorWish.nullish() };

export function showPoint(point: Point, { payload, vector }: Shown): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  if (payload !== false) shown['payload'] = showPayload(point.payload, payload);
  if (vector !== false) shown['vector'] = shownVectors(point, vector);
  return shown;
}

function showPayload(payload: Payload, wish: Shown['payload']): Payload {
  if (typeof wish === 'boolean') return payload;
  if ('exclude' in wish) return omitPaths(payload, wish.exclude.map(pathOf));
  return pickPaths(payload, ('include' in wish ? wish.include : wish).map(pathOf));
}

export function pathOf(text: string): Path {
  const path = parsePath(text);
  if (!path) throw badJson(`invalid JSON path ${text}`);
  return path;
}

/** Which points a write is meant for. */
export type Selector = { ids: readonly (number | string)[] } | { filter: Filter };

export function readSelector(ids: readonly (number | string)[] | undefined, filter: Filter | null): Selector | null {
  if (ids && filter) throw unsupported('points and filter in one write');
  return ids ? { ids } : filter && { filter };
}
