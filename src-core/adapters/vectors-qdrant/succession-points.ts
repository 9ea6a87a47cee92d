import type { Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import type { DuePicture, Embedded } from '../../domain/re-embedding.ts';
import type { StoredImage } from '../../ports/vector-store.ts';
import type { Connection } from './connection.ts';
import { hasId, type QdrantCondition, type QdrantFilter } from './filter.ts';
import { RECORD_FIELDS, toRecord } from './payload.ts';
import type { Place } from './places.ts';
import { writeImages } from './upsert.ts';

/*
 * What a catalog's way to another model is known by, in the payload of its points. There is no transaction over two
 * collections, so nobody who writes pictures has to know of it: `embedded` names the way that a point has gone (in both
 * collections), an upsert drops it with all of the payload, and so does a change of fields, which leaves a new `touched`
 * besides. A point without it is due.
 */
export interface Way {
  token: string;
  old: Place;
  next: Place;
}

type Failed = Extract<Embedded, { code: string }>;

/** Of a point of the old collection: what it was when it was read. */
const mark = z.tuple([z.number(), z.string(), z.string().nullable()]);

/** What to set in a point whose fields are changed. */
export const touched = (): Record<string, unknown> => ({ touched: crypto.randomUUID(), embedded: null });

export const wentBy = ({ token }: Pick<Way, 'token'>): QdrantCondition => ({
  key: 'embedded',
  match: { value: token },
});

/** That could not be embedded, and have not changed since. */
export const failedOn = (way: Way): QdrantFilter => ({
  must: [wentBy(way)],
  must_not: [{ is_empty: { key: 'failCode' } }],
});

export const dueOn = (way: Way): QdrantFilter => ({ must_not: [wentBy(way)] });

export async function countAt(connection: Connection, { alias }: Place, filter: QdrantFilter): Promise<number> {
  return (await connection.send(alias, (client) => client.count(alias, { filter, exact: true }))).count;
}

/** At most `limit`. */
export async function readDue(connection: Connection, way: Way, limit: number): Promise<DuePicture[]> {
  const { alias } = way.old;
  const { points } = await connection.send(alias, (client) =>
    client.scroll(alias, { filter: dueOn(way), limit, with_payload: [...RECORD_FIELDS, 'touched'] }),
  );
  return points.map(toDue);
}

function toDue({ id, payload }: Schemas['Record']): DuePicture {
  const record = toRecord(payload, id);
  const { touched = null } = payload as { touched?: string | null };
  return { record, mark: JSON.stringify([record.version, record.contentHash, touched]) };
}

/** Those of them that are as they were. */
export async function stillAs(connection: Connection, { old }: Way, pictures: readonly Embedded[]) {
  const { alias } = old;
  const marks = new Map(pictures.map(({ imageId, mark }) => [imageId, mark]));
  if (marks.size === 0) return new Map<string, DuePicture>();
  const found = await connection.send(alias, (client) =>
    client.retrieve(alias, { ids: [...marks.keys()], with_payload: [...RECORD_FIELDS, 'touched'] }),
  );
  const same = found.map(toDue).filter((one) => marks.get(one.record.imageId) === one.mark);
  return new Map(same.map((one) => [one.record.imageId, one]));
}

/** First the vectors, then the marks: what is marked is there, whoever dies. */
export async function writeEmbedded(
  connection: Connection,
  way: Way,
  pictures: readonly (DuePicture & { vector: Float32Array })[],
): Promise<void> {
  if (pictures.length === 0) return;
  const { model } = way.next.catalog;
  const images = pictures.map(({ record, vector }): StoredImage => ({ record: { ...record, model }, vector }));
  await writeImages(connection, way.next, images, { embedded: way.token });
  const done = { embedded: way.token, failCode: null, failMessage: null };
  await markAll(
    connection,
    way,
    pictures.map(({ record, mark }) => ({ imageId: record.imageId, mark, payload: done })),
  );
}

/** What an earlier state of such a picture has left goes. */
export async function writeFailed(connection: Connection, way: Way, failed: readonly Failed[]): Promise<void> {
  if (failed.length === 0) return;
  await deleteSettled(
    connection,
    way,
    failed.map(({ imageId }) => imageId),
  );
  await markAll(
    connection,
    way,
    failed.map(({ imageId, mark, code, message }) => ({
      imageId,
      mark,
      payload: { embedded: way.token, failCode: code, failMessage: message },
    })),
  );
}

/** Only what has not changed since it was read; that is seen when the mark is set, in one. */
async function markAll(
  connection: Connection,
  { old }: Way,
  marks: readonly { imageId: string; mark: string; payload: Record<string, unknown> }[],
): Promise<void> {
  const operations = marks.map(({ imageId, mark: text, payload }) => {
    const [version, contentHash, touched] = mark.parse(JSON.parse(text));
    const must: QdrantCondition[] = [
      hasId([imageId]),
      { key: 'version', range: { gte: version, lte: version } },
      { key: 'contentHash', match: { value: contentHash } },
      touched === null ? { is_empty: { key: 'touched' } } : { key: 'touched', match: { value: touched } },
    ];
    return { set_payload: { payload, filter: { must } } };
  });
  const { alias } = old;
  await connection.send(alias, (client) => client.batchUpdate(alias, { wait: true, operations }));
}

async function deleteSettled(connection: Connection, way: Way, imageIds: readonly string[]): Promise<void> {
  const { alias } = way.next;
  const filter = { must: [hasId(imageIds), wentBy(way)] };
  await connection.send(alias, (client) => client.delete(alias, { wait: true, filter }));
}

const SWEEP = 1_000;

/** What was deleted from the old collection after it had gone its way goes from the next one too. */
export async function sweepDeleted(connection: Connection, way: Way): Promise<void> {
  const [from, of] = [way.next.alias, way.old.alias];
  for (let offset: string | number | undefined; ;) {
    const page = await connection.send(from, (client) =>
      client.scroll(from, {
        filter: { must: [wentBy(way)] },
        limit: SWEEP,
        with_payload: false,
        ...(offset === undefined ? {} : { offset }),
      }),
    );
    const ids = page.points.map(({ id }) => String(id));
    if (ids.length > 0) {
      const there = await connection.send(of, (client) => client.retrieve(of, { ids, with_payload: false }));
      const known = new Set(there.map(({ id }) => String(id)));
      const gone = ids.filter((id) => !known.has(id));
      if (gone.length > 0) await deleteSettled(connection, way, gone);
    }
    if (typeof page.next_page_offset !== 'string' && typeof page.next_page_offset !== 'number') return;
    offset = page.next_page_offset;
  }
}
