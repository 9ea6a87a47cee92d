import type { ImportLog } from '../../../src-core/ports/import-log.ts';

const PAGE = 1_000;

/** What is known of the catalog's files is so under another model now, but for those that were lost: they are new again. */
export async function rememberModel(
  log: Pick<ImportLog, 'known' | 'remember' | 'forget'>,
  catalogId: string,
  model: string,
  lost: ReadonlySet<string>,
): Promise<void> {
  for (let cursor: string | undefined; ;) {
    const { items, next } = await log.known(catalogId, {}, PAGE, cursor);
    const kept = items.filter(({ imageId }) => !lost.has(imageId));
    const gone = items.filter(({ imageId }) => lost.has(imageId));
    await log.remember(
      catalogId,
      kept.map((file) => ({ ...file, model })),
    );
    if (gone.length > 0) {
      await log.forget(
        catalogId,
        gone.map(({ name }) => name),
      );
    }
    if (next === null) return;
    cursor = next;
  }
}
