import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { DuplicateLog } from '../../../src-core/ports/duplicate-log.ts';

const PAGE = 1_000;

/** Tells of two pictures of a scan whether somebody said that they are no duplicates. */
export async function readMarks(
  log: Pick<DuplicateLog, 'notDuplicates' | 'numbersOf'>,
  scanId: string,
  catalogId: string,
): Promise<(a: number, b: number) => boolean> {
  const marksOf = new Map<number, Set<string>>();
  const pages = pagesOf(async (after) => {
    const items = await log.notDuplicates(catalogId, PAGE, after);
    return { items, next: items.length < PAGE ? null : items.at(-1)!.id };
  });
  for await (const marks of pages) {
    const numbers = await log.numbersOf(
      scanId,
      marks.flatMap(({ imageIds }) => imageIds),
    );
    for (const { id, imageIds } of marks) {
      for (const imageId of imageIds) {
        const number = numbers.get(imageId);
        if (number !== undefined) marksOf.set(number, (marksOf.get(number) ?? new Set()).add(id));
      }
    }
  }
  return (a, b) => {
    const [one, other] = [marksOf.get(a), marksOf.get(b)];
    return one !== undefined && other !== undefined && [...one].some((id) => other.has(id));
  };
}
