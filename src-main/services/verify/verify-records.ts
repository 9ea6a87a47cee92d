import { dirname } from 'node:path';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { Filter } from '../../../src-core/domain/search.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import { mapBounded } from './bounded.ts';
import { isInScope, LOOKS, noteMisfiled, ownerOf, PAGE, recordsOf, viewOf, type Context } from './context.ts';
import type { Difference } from './difference.ts';
import type { Finding } from './repair.ts';
import { lookAtPicture } from './source-view.ts';

/** Looks at every record of the store: whether it is filed under its name, has a source, and is known. */
export async function* verifyRecords(context: Context): AsyncGenerator<Finding[]> {
  for await (const records of recordPages(context)) {
    context.counts.records += records.length;
    const names = records.map(({ canonicalName }) => canonicalName);
    const known = new Map((await context.log.lookup(context.catalog.id, names)).map((file) => [file.name, file]));
    const misfiled = records.filter((record) => record.imageId !== rightIdOf(context, record));
    const findings = await verifyMisfiled(context, misfiled, known);
    const others = await mapBounded(
      records.filter((record) => !misfiled.includes(record)),
      LOOKS,
      (record) => verifyRecord(context, record, known.get(record.canonicalName)),
    );
    yield [...findings, ...others.filter((finding) => finding !== null)];
  }
}

async function* recordPages(context: Context): AsyncGenerator<ImageRecord[]> {
  const { store, catalog, under, signal } = context;
  const filter: Filter = under === null ? [] : [{ field: 'canonicalName', prefix: under }];
  let after: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const images = await store.scroll(catalog.id, PAGE, after, filter);
    yield images.map(({ record }) => record).filter(({ canonicalName }) => isInScope(context, canonicalName));
    if (images.length < PAGE) return;
    after = images.at(-1)?.record.imageId;
  }
}

function rightIdOf({ catalog }: Context, { canonicalName }: ImageRecord): string {
  return imageIdOf(catalog.id, canonicalName);
}

/** One record for each name goes over to the right id; what is there already is left as it is. */
async function verifyMisfiled(
  context: Context,
  records: readonly ImageRecord[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<Finding[]> {
  const names = records.map(({ canonicalName }) => canonicalName);
  const taken = new Set((await recordsOf(context, names)).keys());
  return records.map((record) => {
    const { canonicalName: name, imageId: from } = record;
    const imageId = rightIdOf(context, record);
    noteMisfiled(context, name);
    const twin = taken.has(imageId);
    taken.add(imageId);
    const message = `its id is ${from}; that of its name is ${imageId}`;
    const todo = twin
      ? 'the right record is there too; to be rid of this one, drop the catalog and index it anew'
      : null;
    const lost = lostSource(context, record);
    const differences = [
      differenceOf(record, 'wrong-id', message, { expected: imageId }, todo),
      ...(lost && !twin ? [lost.difference] : []),
    ];
    if (twin) return { differences, repair: {} };
    const source = lost?.adopter ? { sourceId: lost.adopter } : {};
    const next = known.get(name) ?? (record.sourceId === null ? null : asKnown(record));
    return {
      differences,
      repair: {
        rewrite: { from, record: { ...record, ...source, imageId } },
        ...(next && { remember: { ...next, ...source, imageId } }),
      },
    };
  });
}

async function verifyRecord(
  context: Context,
  record: ImageRecord,
  known: KnownFile | undefined,
): Promise<Finding | null> {
  const { canonicalName: name, path, sourceId, imageId, missingSince } = record;
  // A task that no import made has no source, and its file is not followed.
  if (sourceId === null) return null;
  const lost = lostSource(context, record);
  if (lost) {
    const { difference, adopter } = lost;
    if (adopter === null) return { differences: [difference], repair: {} };
    return {
      differences: [difference],
      repair: {
        patch: { imageId, patch: { sourceId: adopter } },
        remember: { ...(known ?? asKnown(record)), sourceId: adopter },
      },
    };
  }
  if (known) return null;
  const differences = [differenceOf(record, 'not-known', 'its file is not known as indexed', {})];
  const file = await lookAtPicture(viewOf(context, sourceId), name, path);
  switch (file.is) {
    case 'there':
      return {
        differences,
        repair: {
          remember: { ...asKnown(record), inode: file.inode, missingSince: null },
          ...(missingSince !== null && { patch: { imageId, patch: { missingSince: null } } }),
        },
      };
    case 'gone': {
      const since = missingSince ?? Date.now();
      return {
        differences,
        repair: {
          remember: { ...asKnown(record), missingSince: since },
          patch: { imageId, patch: { missingSince: since } },
        },
      };
    }
    default:
      return { differences, repair: { remember: asKnown(record) } };
  }
}

/** The record's source does not exist; `adopter` is the id of one that covers its file. Null where all is well. */
function lostSource(context: Context, record: ImageRecord): { difference: Difference; adopter: string | null } | null {
  const { canonicalName, path, sourceId } = record;
  if (sourceId === null || viewOf(context, sourceId)) return null;
  const adopter = ownerOf(context, canonicalName, path)?.source.id ?? null;
  const todo =
    adopter === null
      ? `index its folder again ("imagefleet index ${dirname(path)}"), which takes it in; "sources remove" then takes it out`
      : null;
  const message = `its source ${sourceId} does not exist`;
  return { difference: differenceOf(record, 'no-source', message, { sourceId }, todo), adopter };
}

function differenceOf(
  { path, imageId }: ImageRecord,
  kind: Difference['kind'],
  message: string,
  details: Difference['details'],
  todo: string | null = null,
): Difference {
  return { kind, path, imageId, message, details, todo };
}

function asKnown(record: ImageRecord): KnownFile {
  const { canonicalName: name, path, sourceId, imageId, bytes, mtimeMs, contentHash, model, missingSince } = record;
  return {
    name,
    path,
    sourceId: sourceId ?? '',
    imageId,
    bytes,
    mtimeMs,
    contentHash,
    model,
    inode: null,
    missingSince,
  };
}
