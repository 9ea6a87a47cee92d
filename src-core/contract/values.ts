import { z } from 'zod';

/** ISO 8601 with milliseconds, in UTC. */
export const time = z.iso.datetime();

export const count = z.number().int().nonnegative();
