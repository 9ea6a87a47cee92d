export const RANGES = ['15m', '1h', '24h', '7d'] as const;
export type Range = (typeof RANGES)[number];

const MINUTE = 60_000;

/** How far a range looks back, and how much time one point of its charts sums up, in ms. */
export const SPANS: Record<Range, { spanMs: number; stepMs: number }> = {
  '15m': { spanMs: 15 * MINUTE, stepMs: MINUTE },
  '1h': { spanMs: 60 * MINUTE, stepMs: MINUTE },
  '24h': { spanMs: 1_440 * MINUTE, stepMs: 10 * MINUTE },
  '7d': { spanMs: 10_080 * MINUTE, stepMs: 60 * MINUTE },
};
