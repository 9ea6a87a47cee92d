import type { Schemas } from '@qdrant/js-client-rest';
import type { ImageRecord } from '../../domain/image-record.ts';
import type { RecordPatch, VectorStore } from '../../ports/vector-store.ts';
import { WORDS } from './build-collection.ts';
import type { Connection } from './connection.ts';
import { isUnknownPoint } from './errors.ts';
import { hasId } from './filter.ts';
import { chunksOf, pointIds } from './ids.ts';
import { changed, type Payload, RECORD_FIELDS, toPayloadChange, toRecord } from './payload.ts';
import type { Place, Places } from './places.ts';
import { touched } from './succession-points.ts';
import { indexNumbers, wordsVector } from './word-numbers.ts';

type Operation = Schemas['UpdateOperation'];

const BATCH = 256;

/** What a patch may change of the words that a record is found by. */
const WORDED = [
  'productId',
  'name',
  'description',
  'title',
  'caption',
  'keywords',
] as const satisfies (keyof RecordPatch)[];

export function createSetPayload(connection: Connection, places: Places): Pick<VectorStore, 'setPayload'> {
  return {
    setPayload(catalogId, changes) {
      return places.within(catalogId, async (place) => {
        let count = 0;
        const patches = new Map<string, RecordPatch>();
        const wanted = changes.map(({ imageIds, patch }) => ({ ids: pointIds(imageIds), patch }));
        const known = await findKnown(
          connection,
          place,
          wanted.flatMap(({ ids }) => ids),
        );
        for (const { ids, patch } of wanted) {
          for (const id of ids) {
            if (!known.has(id)) continue;
            patches.set(id, { ...patches.get(id), ...withoutUndefined(patch) });
            count++;
          }
        }
        for (const some of chunksOf([...patches], BATCH)) await patchSome(connection, place, some);
        return count;
      });
    },
  };
}

/** Later patches of a picture must not undo earlier ones by what they do not speak of. */
function withoutUndefined(patch: RecordPatch): RecordPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

async function findKnown(connection: Connection, { alias }: Place, ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of chunksOf(pointIds(ids), 1_000)) {
    const found = await connection.send(alias, (client) => client.retrieve(alias, { ids: some, with_payload: false }));
    for (const { id } of found) known.add(String(id));
  }
  return known;
}

/**
 * Fields are changed each by itself, so that of two who change different ones both succeed; with them, in one request,
 * what depends on them.
 */
async function patchSome(
  connection: Connection,
  place: Place,
  patches: readonly (readonly [string, RecordPatch])[],
): Promise<void> {
  const [worded, plain] = [patches.filter(isWorded), patches.filter((one) => !isWorded(one))];
  const operations = [...Map.groupBy(plain, ([, patch]) => JSON.stringify(patch)).values()].map((group) => {
    const [[, patch]] = group as [(typeof group)[0]];
    const ids = group.map(([id]) => id);
    return setFields(ids, toPayloadChange(patch));
  });
  const changes = new Map(worded.map(([id, patch]) => [id, toPayloadChange(patch)]));
  const before = await readPayloads(connection, place, [...changes.keys()]);
  const records = before.map(({ id, payload }) => toRecord(changed(payload, changes.get(String(id))!), id));
  await write(connection, place, { operations, records, changes });
  await indexAgain(connection, place, records);
}

function isWorded([, patch]: readonly [string, RecordPatch]): boolean {
  return WORDED.some((field) => patch[field] !== undefined);
}

/** By a condition, not by ids: one that was deleted meanwhile would have the whole request refused. */
function setFields(ids: readonly string[], payload: Payload): Operation {
  return { set_payload: { payload: { ...payload, ...touched() }, filter: { must: [hasId(ids)] } } };
}

/**
 * Makes the words of these pictures those of their records. Another may be changing the same record, or replace it, and
 * write words of a record that is no more; so whoever has written looks again, until there is nothing new.
 */
async function indexAgain(connection: Connection, place: Place, records: readonly ImageRecord[]): Promise<void> {
  const written = new Map(records.map((record) => [record.imageId, wordsKey(record)]));
  for (let ids = [...written.keys()]; ids.length > 0;) {
    const stored = await readPayloads(connection, place, ids);
    const different = stored
      .map(({ id, payload }) => toRecord(payload, id))
      .filter((record) => written.get(record.imageId) !== wordsKey(record));
    for (const record of different) written.set(record.imageId, wordsKey(record));
    await write(connection, place, { operations: [], records: different, changes: new Map() });
    ids = different.map((record) => record.imageId);
  }
}

function wordsKey(record: ImageRecord): string {
  return JSON.stringify(wordsVector(record));
}

async function readPayloads(connection: Connection, { alias }: Place, ids: string[]): Promise<Schemas['Record'][]> {
  if (ids.length === 0) return [];
  return connection.send(alias, (client) => client.retrieve(alias, { ids, with_payload: RECORD_FIELDS }));
}

interface Writing {
  operations: readonly Operation[];
  /** Whose words are to be written. */
  records: readonly ImageRecord[];
  /** What to write with them, by image id. */
  changes: ReadonlyMap<string, Payload>;
}

async function write(connection: Connection, place: Place, { operations, records, changes }: Writing): Promise<void> {
  const { alias } = place;
  const update = (operations: Operation[]): Promise<unknown> =>
    connection.send(alias, (client) => client.batchUpdate(alias, { wait: true, operations }));
  const vectors = records.map((record) => ({ id: record.imageId, vector: { [WORDS]: wordsVector(record) } }));
  const words = records.map((record) =>
    setFields([record.imageId], { ...changes.get(record.imageId), words: indexNumbers(record) }),
  );
  const all = [...operations, ...words, ...(vectors.length > 0 ? [{ update_vectors: { points: vectors } }] : [])];
  if (all.length === 0) return;
  try {
    await update(all);
  } catch (error) {
    // One of them has been deleted: a vector can only be given by id. What stands before is done.
    if (!isUnknownPoint(error)) throw error;
    for (const vector of vectors) {
      await update([{ update_vectors: { points: [vector] } }]).catch((error: unknown) => {
        if (!isUnknownPoint(error)) throw error;
      });
    }
  }
}
