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
  /** Of a mark that is of one picture only. */
  const ones = new Map<string, number | undefined>();
  const pages = pagesOf(async (after) => {
    const items = await log.notDuplicates(catalogId, PAGE, after);
    return { items, next: items.length < PAGE ? null : items.at(-1)!.id };
  });
  for await (const marks of pages) {
    const numbers = await log.numbersOf(
      scanId,
      marks.flatMap(({ imageIds }) => imageIds),
    );
    for (const { id, imageIds, oneId } of marks) {
      if (oneId !== null) ones.set(id, numbers.get(oneId));
      for (const imageId of imageIds) {
        const number = numbers.get(imageId);
        if (number !== undefined) marksOf.set(number, (marksOf.get(number) ?? new Set()).add(id));
      }
    }
  }
  return (a, b) => {
    const [one, other] = [marksOf.get(a), marksOf.get(b)];
    if (one === undefined || other === undefined) return false;
    return [...one].some((id) => other.has(id) && (!ones.has(id) || ones.get(id) === a || ones.get(id) === b));
  };
}
