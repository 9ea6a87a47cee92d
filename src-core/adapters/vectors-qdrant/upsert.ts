import { AppError } from '../../domain/app-error.ts';
import { checkModel, type Catalog } from '../../domain/catalog.ts';
import type { StoredImage, VectorStore } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { statusOf } from './errors.ts';
import type { QdrantCondition, QdrantFilter } from './filter.ts';
import type { Payload } from './payload.ts';
import type { Place, Places } from './places.ts';
import { toPoint } from './points.ts';

type Point = ReturnType<typeof toPoint>;

/** Larger ones cost the server less per point (66 µs at 64, 62 at 128, 57 at 256), and more is lost when one is refused. */
const BATCH = 128;
/** The server takes 32 MiB. */
const BATCH_BYTES = 8 * 2 ** 20;
const BAD_REQUEST = new Set([400, 413, 422]);

export function createUpsert(connection: Connection, places: Places): Pick<VectorStore, 'upsert'> {
  return {
    upsert(catalogId, images) {
      return places.within(catalogId, async (place) => {
        const { newest, fenced } = newestOf(images);
        for (const batch of await writeImages(connection, place, newest)) {
          fenced.push(...(await findFenced(connection, place, batch)));
        }
        return { fenced };
      });
    },
  };
}

/** Each picture at most once; `more` is put into each payload besides. Answers them as they were written, batch by batch. */
export async function writeImages(
  connection: Connection,
  place: Place,
  images: readonly StoredImage[],
  more: Payload = {},
): Promise<StoredImage[][]> {
  for (const image of images) checkVector(place.catalog, image);
  const batches = [...batchesOf(images)];
  for (const batch of batches) await write(connection, place, batch, more);
  return batches;
}

/** Before anything is sent: of a write that is refused, some points may be in all the same. */
function checkVector(catalog: Catalog, { record, vector }: StoredImage): void {
  checkModel(catalog, record);
  if (vector.length !== catalog.dimension) {
    throw new AppError(
      'DIMENSION_MISMATCH',
      `the catalog “${catalog.name}” holds vectors of ${catalog.dimension} numbers; that of ${record.path} has ${vector.length}`,
    );
  }
  if (!vector.every(Number.isFinite)) {
    throw new AppError('STORE_REFUSED', `the vector of ${record.path} holds a number that is not finite`);
  }
}

function newestOf(images: readonly StoredImage[]): { newest: StoredImage[]; fenced: string[] } {
  const fenced: string[] = [];
  const newest = new Map<string, StoredImage>();
  for (const image of images) {
    const { imageId, version } = image.record;
    if (version < (newest.get(imageId)?.record.version ?? version)) fenced.push(imageId);
    else newest.set(imageId, image);
  }
  return { newest: [...newest.values()], fenced };
}

function* batchesOf(images: readonly StoredImage[]): Generator<StoredImage[]> {
  let batch: StoredImage[] = [];
  let bytes = 0;
  for (const image of images) {
    const more = bytesOf(image);
    if (batch.length === BATCH || (batch.length > 0 && bytes + more > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(image);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}

/** About, of a point in JSON: numbers of 21 characters, metadata twice, and of texts also the beginnings of their words. */
function bytesOf({ record, vector }: StoredImage): number {
  const texts = [record.name, record.description, record.title, record.caption, record.canonicalName, record.keywords];
  return 21 * vector.length + 2 * JSON.stringify(record.metadata ?? null).length + 6 * JSON.stringify(texts).length;
}

/**
 * Throws STORE_REFUSED, naming the pictures that the server does not take. A write that is refused may be half done, and
 * the answer does not say which point it was; so they are sent one by one, and all good ones are in.
 */
async function write(
  connection: Connection,
  place: Place,
  images: readonly StoredImage[],
  more: Payload,
): Promise<void> {
  const points = images.map(toPoint).map((point) => ({ ...point, payload: { ...point.payload, ...more } }));
  try {
    await send(connection, place, points);
  } catch (error) {
    if (!BAD_REQUEST.has(statusOf(error) ?? 0)) throw error;
    const refused: { path: string; error: AppError }[] = [];
    for (const [i, point] of points.entries()) {
      const { path } = images[i]!.record;
      await send(connection, place, [point]).catch((error: unknown) => {
        if (!(error instanceof AppError) || !BAD_REQUEST.has(statusOf(error) ?? 0)) throw error;
        refused.push({ path, error });
      });
    }
    const [first] = refused;
    if (!first) return;
    throw new AppError(
      'STORE_REFUSED',
      `${refused.map(({ path }) => path).join(', ')}: not taken (${first.error.message})`,
      { cause: first.error, details: { ...first.error.details, paths: refused.map(({ path }) => path) } },
    );
  }
}

async function send(connection: Connection, { alias }: Place, points: Point[]): Promise<void> {
  await connection.send(alias, (client) =>
    // Without `wait` a write is only taken note of, and one that is refused is never heard of again.
    client.upsert(alias, { wait: true, points, update_filter: notOlderThanStored(points) }),
  );
}

/** What may be replaced: points whose version is not newer than that of the write. New ones are written whatever it says. */
function notOlderThanStored(points: readonly Point[]): QdrantFilter {
  const idsByVersion = Map.groupBy(points, (point) => point.payload!['version'] as number);
  const replaceable = [...idsByVersion].map(([version, points]): QdrantCondition => {
    const stored: QdrantCondition = { key: 'version', range: { lte: version } };
    return idsByVersion.size === 1 ? stored : { must: [{ has_id: points.map(({ id }) => id) }, stored] };
  });
  return { should: [...replaceable, { is_empty: { key: 'version' } }] };
}

/** The answer to a write does not say what it left out; what is stored now does. */
async function findFenced(connection: Connection, { alias }: Place, images: readonly StoredImage[]): Promise<string[]> {
  const versions = new Map(images.map(({ record }) => [record.imageId, record.version]));
  const stored = await connection.send(alias, (client) =>
    client.retrieve(alias, { ids: [...versions.keys()], with_payload: ['version'] }),
  );
  return stored
    .filter(({ id, payload }) => Number(payload?.['version']) > versions.get(String(id))!)
    .map(({ id }) => String(id));
}
