import type { DuplicateScan, HandChoice, NotDuplicates } from '../src-core/domain/duplicates.ts';
import { differencesOf, type KeepRule } from '../src-core/domain/keep-rules.ts';
import { pictureDocument } from './documents.ts';
import type { Choices, GroupPage } from './services/duplicates/duplicates.ts';
import { chooseIn, type DuplicateGroup } from './services/duplicates/read-group.ts';

// The JSON and CSV of duplicates, the same on the command line and the server.

const isoTime = (at: number): string => new Date(at).toISOString();

export function scanDocument(scan: DuplicateScan) {
  return {
    scan_id: scan.id,
    catalog_id: scan.catalogId,
    state: scan.state,
    least_score: scan.leastScore,
    compared: scan.compared,
    pictures: scan.total,
    share: scan.share,
    pairs: scan.pairs,
    error: scan.error,
    created_at: isoTime(scan.createdAt),
    finished_at: scan.finishedAt === null ? null : isoTime(scan.finishedAt),
  };
}

function groupDocument(group: DuplicateGroup, rules: readonly KeepRule[] | null) {
  const { kept, marked } = rules === null ? { kept: [], marked: [] } : chooseIn(group, rules);
  return {
    group_id: group.id,
    kind: group.kind,
    score: group.score,
    across_products: group.acrossProducts,
    size: group.size,
    differences: differencesOf(group.pictures.map(({ record }) => record)),
    pictures: group.pictures.map(({ record, score }) => {
      const { image_id, path, product_id, name, width, height, format, bytes, captured_at, missing_since } =
        pictureDocument(record);
      return {
        image_id,
        path,
        product_id,
        name,
        width,
        height,
        format,
        bytes,
        captured_at,
        modified_at: isoTime(record.mtimeMs),
        content_hash: record.contentHash,
        missing_since,
        score,
      };
    }),
    keep: kept.map(({ record, why }) => ({ image_id: record.imageId, why })),
    mark: marked.map(({ record, for: instead, score, why }) => ({
      image_id: record.imageId,
      for: instead,
      score,
      why,
    })),
  };
}

/** Rules may be null: then nothing is chosen. */
export function pageDocument(
  { scan, count, pictures, groups, next }: GroupPage,
  changedSince: { indexed: number; fewer: number },
  rules: readonly KeepRule[] | null,
) {
  return {
    scan: scanDocument(scan),
    changed_since: changedSince,
    group_count: count,
    picture_count: pictures,
    groups: groups.map((group) => groupDocument(group, rules)),
    next,
  };
}

export function notDuplicatesDocument({ id, imageIds, oneId, createdAt }: NotDuplicates) {
  return { not_id: id, image_ids: imageIds, one_id: oneId, created_at: isoTime(createdAt) };
}

export function choicesDocument(choices: Choices) {
  const idsOf = (wanted: HandChoice): string[] =>
    [...choices].flatMap(([id, choice]) => (choice === wanted ? [id] : []));
  return { keep_ids: idsOf('keep'), mark_ids: idsOf('mark') };
}

export const DUPLICATE_COLUMNS = [
  'group_id',
  'kind',
  'choice',
  'kept_instead',
  'why',
  'score',
  'image_id',
  'path',
  'product_id',
  'name',
  'width',
  'height',
  'format',
  'bytes',
  'captured_at',
  'modified_at',
  'content_hash',
] as const;

/** A row for each picture of the group. Without rules the columns of the choice are empty, and the score is that of its best pair. */
export function duplicateRows(group: DuplicateGroup, rules: readonly KeepRule[] | null): (string | number | null)[][] {
  const { group_id, kind, pictures, keep, mark } = groupDocument(group, rules);
  const kept = new Map(keep.map((one) => [one.image_id, one.why]));
  const marked = new Map(mark.map((one) => [one.image_id, one]));
  return pictures.map((picture) => {
    const instead = marked.get(picture.image_id);
    const row = {
      ...picture,
      group_id,
      kind,
      choice: rules === null ? null : instead ? 'mark' : 'keep',
      kept_instead: instead?.for ?? null,
      why: instead?.why ?? kept.get(picture.image_id) ?? null,
      score: instead ? instead.score : picture.score,
    };
    return DUPLICATE_COLUMNS.map((column) => row[column]);
  });
}
