import { dirname } from 'node:path';
import { canonicalName, imageIdOf } from '../../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import { machineOf, nameInStore, OWN_NAMES } from '../../../src-core/domain/naming.ts';
import { placeOf, type SharedFolder } from '../../../src-core/domain/path-map.ts';
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
    const known = new Map(
      (await context.log.lookup(context.catalog.id, records.map(nameOf))).map((file) => [file.name, file]),
    );
    const misfiled = records.filter((record) => record.imageId !== rightIdOf(context, record));
    const findings = await verifyMisfiled(context, misfiled, known);
    const others = await mapBounded(
      records.filter((record) => !misfiled.includes(record)),
      LOOKS,
      (record) => verifyRecord(context, record, known.get(nameOf(record))),
    );
    yield [...findings, ...others.filter((finding) => finding !== null)];
  }
}

async function* recordPages(context: Context): AsyncGenerator<ImageRecord[]> {
  const { store, catalog, signal } = context;
  for (const filter of filters(context)) {
    let after: string | undefined;
    for (;;) {
      signal.throwIfAborted();
      const images = await store.scroll(catalog.id, PAGE, after, filter);
      const records = images.map(({ record }) => asHere(context, record));
      yield records.filter((record) => isOwn(context, record) && isInScope(context, nameOf(record)));
      if (images.length < PAGE) break;
      after = images.at(-1)?.record.imageId;
    }
  }
}

/** With the path of this machine: another one that has the same folder may have written it. */
function asHere(context: Context, record: ImageRecord): ImageRecord {
  const { path, canonicalName: stored, sourceId } = record;
  return { ...record, path: placeOf(stored, foldersOf(context, sourceId), path) ?? path };
}

function foldersOf(context: Context, sourceId: string | null): readonly SharedFolder[] {
  const view = viewOf(context, sourceId);
  if (!view) return context.naming?.folders ?? [];
  const { naming, root, path } = view.source;
  return [...naming.folders, { shared: nameInStore(naming, root), here: path }];
}

/** One for each name that the verified folder has in the store. */
function filters({ under, views, naming = OWN_NAMES }: Context): Filter[] {
  if (under === null) return [[]];
  const namings = [naming, ...[...views.values()].map(({ source }) => source.naming)];
  const prefixes = new Set(namings.map((how) => nameInStore(how, under)));
  return [...prefixes].map((prefix) => [{ field: 'canonicalName', prefix }]);
}

/** Other machines, of whose files and sources nothing is known here, may write to the same store. */
function isOwn(context: Context, { canonicalName: stored, sourceId }: ImageRecord): boolean {
  const machine = context.naming?.machine ?? null;
  return machine === null || viewOf(context, sourceId) !== null || machineOf(stored) === machine;
}

/** As this machine calls the file. */
function nameOf({ path }: ImageRecord): string {
  return canonicalName(path);
}

function rightIdOf({ catalog }: Context, { canonicalName: stored }: ImageRecord): string {
  return imageIdOf(catalog.id, stored);
}

/** One record for each name goes over to the right id; what is there already is left as it is. */
async function verifyMisfiled(
  context: Context,
  records: readonly ImageRecord[],
  known: ReadonlyMap<string, KnownFile>,
): Promise<Finding[]> {
  const rightIds = records.map((record) => rightIdOf(context, record));
  const taken = new Set((await recordsOf(context, rightIds)).keys());
  return records.map((record) => {
    const { imageId: from } = record;
    const name = nameOf(record);
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
  const { path, sourceId, imageId, missingSince } = record;
  const name = nameOf(record);
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
  const { path, sourceId } = record;
  if (sourceId === null || viewOf(context, sourceId)) return null;
  const adopter = ownerOf(context, nameOf(record), path)?.source.id ?? null;
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
  const { path, sourceId, imageId, bytes, mtimeMs, contentHash, model, missingSince } = record;
  return {
    name: nameOf(record),
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
