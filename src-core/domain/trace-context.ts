import { z } from 'zod';

/**
 * Which trace a request or a task belongs to, and by which span it came: the header `traceparent` of W3C Trace Context,
 * https://www.w3.org/TR/trace-context/, version 00. Ids of nothing but zeros are none.
 */
export const traceparent = z.string().regex(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/);

/** A task carries it in this field of its payload: both queues keep it, and neither an id nor a record is made of it. */
const FIELD = 'traceparent';

/** Null where there is none, or what is there is none. */
export function traceparentOf(payload: Record<string, unknown>): string | null {
  return traceparent.safeParse(payload[FIELD]).data ?? null;
}

export function withTraceparent(payload: Record<string, unknown>, value: string): Record<string, unknown> {
  return { ...payload, [FIELD]: value };
}
