import { z } from 'zod';

/** What can run a model. */
export const PROVIDERS = ['cpu', 'dml', 'coreml', 'cuda'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Of a batch's vectors against the CPU's: below this a provider would make vectors that are not comparable. */
export const LEAST_AGREEMENT = 0.999;

/** What a provider gave when it was tried on this machine. */
export const providerFigure = z.object({
  provider: z.enum(PROVIDERS),
  /** Of inference alone, in one process; null where it does not work here, for what `problem` says. */
  picturesPerSecond: z.number().nullable(),
  /** Cosine of its vectors and those of the CPU. */
  agreement: z.number().nullable(),
  problem: z.string().nullable(),
});
export type ProviderFigure = z.infer<typeof providerFigure>;
