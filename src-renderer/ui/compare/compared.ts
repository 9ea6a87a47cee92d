import type { ImageDocument } from '../../../src-core/contract/images.ts';
import { PICTURE } from '../../texts/picture.ts';
import { factsOf } from '../picture/facts.ts';

export interface ComparedFact {
  name: string;
  /** One for each picture; null: its record does not say. */
  values: (string | null)[];
  isSame: boolean;
}

/** Each fact that any of the pictures has, side by side. `scores` by image id, as people read them. */
export function compared(images: readonly ImageDocument[], scores?: ReadonlyMap<string, string>): ComparedFact[] {
  const columns = images.map((image) => {
    const score = scores?.get(image.image_id) ?? null;
    return new Map([[PICTURE.facts.score, score], ...factsOf(image).map(({ name, text }) => [name, text] as const)]);
  });
  const names = new Set(columns.flatMap((column) => [...column.keys()]));
  return [...names]
    .map((name) => {
      const values = columns.map((column) => column.get(name) ?? null);
      return { name, values, isSame: new Set(values).size === 1 };
    })
    .filter(({ values }) => values.some((value) => value !== null));
}
