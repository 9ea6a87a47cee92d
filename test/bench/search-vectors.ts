import { normalise } from '../../src-core/domain/search.ts';
import { randomFrom } from '../support/random.ts';

export const DIMENSION = 256;

export type VectorKind = 'pictures' | 'random';

/**
 * A seeded source of unit vectors. `random`: evenly spread over the sphere, the worst there is. `pictures`: clusters of
 * about fifty, loose and dense ones, whose components fall off as those of the default model do (0.26 to 0.05, half of
 * the variance in the first 48); within a cluster they fall off less, so that the leading ones say less than they could.
 */
export function vectorSource(kind: VectorKind, count: number, seed: number): () => Float32Array {
  const { normal, below, uniform } = randomFrom(seed);
  if (kind === 'random') return () => normalise(Float32Array.from({ length: DIMENSION }, normal));
  const between = Float32Array.from({ length: DIMENSION }, (_, i) => (1 + i / 2) ** -0.34);
  const within = between.map((spread) => 0.6 * spread ** 0.7);
  const clusters = Math.max(1, Math.floor(count / 50));
  return () => {
    // Seeded by its number, so that pictures and queries share it.
    const centre = randomFrom(1_000_003 * (1 + below(clusters)));
    const looseness = 0.3 + uniform();
    return normalise(
      Float32Array.from(
        { length: DIMENSION },
        (_, i) => between[i]! * centre.normal() + looseness * within[i]! * normal(),
      ),
    );
  };
}
