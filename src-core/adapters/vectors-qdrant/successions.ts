import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import type { Successions } from '../../ports/successions.ts';
import { buildCollection, type BuildOptions } from './build-collection.ts';
import { createChangeOver } from './change-over.ts';
import type { Connection } from './connection.ts';
import { catalogNames } from './names.ts';
import { toRecord, RECORD_FIELDS } from './payload.ts';
import { noCatalog, type Places } from './places.ts';
import { pageSize, readByHash } from './reads.ts';
import type { Entry, Registry } from './registry.ts';
import type { SuccessionEntry } from './succession-log.ts';
import { failedOn, readDue, stillAs, sweepDeleted, writeEmbedded, writeFailed } from './succession-points.ts';
import { createWays, type OpenWay, wayOf } from './succession-ways.ts';

/** The new vectors are built in a collection of their own; what is due, and what is not, stands in the points. */
export function createSuccessions(
  connection: Connection,
  registry: Registry,
  places: Places,
  options: BuildOptions,
): Successions {
  const log = registry.successions;
  const ways = createWays(connection, registry);
  const { entryOf, onItsWay, open, told } = ways;

  async function build(way: OpenWay): Promise<OpenWay> {
    const { entry, succession } = way;
    await buildCollection(connection, { ...entry, ...succession.next }, options);
    for (const { alias } of [way.old, way.next]) {
      await connection.send(alias, (client) =>
        client.createPayloadIndex(alias, { wait: true, field_name: 'embedded', field_schema: 'keyword' }),
      );
    }
    await log.set(succession, { state: 'running' });
    if ((await registry.entries()).some(({ id }) => id === entry.id)) {
      return wayOf(entry, { ...succession, state: 'running' });
    }
    // Whoever dropped it meanwhile may have known nothing of this.
    await ways.end(succession, 'cancelled');
    throw noCatalog(entry.id);
  }

  function draft(entry: Entry, to: { model: string; dimension: number }): SuccessionEntry {
    const { id: catalogId, name, model, dimension, alias, collection } = entry;
    const { alias: keptAlias } = catalogNames(registry.prefix, entry);
    const old = { model, dimension, alias, collection, keptAlias };
    const next = { ...to, ...catalogNames(registry.prefix, { name, model: to.model }) };
    return { kind: 'succession', catalogId, token: randomUUID(), startedAt: Date.now(), old, next, state: 'new' };
  }

  return {
    async begin(catalogId, to) {
      const entry = await entryOf(catalogId);
      let succession = await onItsWay(catalogId);
      if (!succession && entry.model === to.model) {
        throw new AppError('CONFLICT', `the catalog “${entry.name}” has the vectors of ${to.model} already`);
      }
      succession ??= await log.claim(draft(entry, to));
      const { model, dimension } = succession.next;
      if (model !== to.model || dimension !== to.dimension) {
        throw new AppError('CONFLICT', `the catalog “${entry.name}” goes over to ${model} already: cancel that first`);
      }
      const way = wayOf(entry, succession);
      if (succession.state === 'new') return told(await build(way));
      const { alias } = way.old;
      const again = { embedded: null, failCode: null, failMessage: null };
      await connection.send(alias, (client) =>
        client.setPayload(alias, { wait: true, payload: again, filter: failedOn(way) }),
      );
      return told(way);
    },

    async get(catalogId) {
      const entry = await entryOf(catalogId);
      const succession = await onItsWay(catalogId);
      return succession && told(wayOf(entry, succession));
    },

    async due(catalogId, limit) {
      parseOrThrow(pageSize, limit, 'limit');
      const way = await open(catalogId);
      for (;;) {
        const page = await readDue(connection, way, limit);
        if (page.length === 0) {
          if (way.succession.state === 'running' && !(await told(way)).complete) {
            await sweepDeleted(connection, way);
          }
          return [];
        }
        const hashes = page.map(({ record }) => record.contentHash);
        const known = new Map(
          (await readByHash(connection, way.next.alias, hashes, way.next.catalog.model)).map(({ record, vector }) => [
            record.contentHash,
            vector,
          ]),
        );
        const isKnown = ({ record }: (typeof page)[number]) => known.has(record.contentHash);
        const same = page.filter(isKnown).map((one) => ({ ...one, vector: known.get(one.record.contentHash)! }));
        await writeEmbedded(connection, way, same);
        if (same.length < page.length) return page.filter((one) => !isKnown(one));
      }
    },

    async settle(catalogId, embedded) {
      const way = await open(catalogId);
      const same = await stillAs(connection, way, embedded);
      const settled = embedded.filter(({ imageId }) => same.has(imageId));
      await writeFailed(
        connection,
        way,
        settled.filter((one) => 'code' in one),
      );
      await writeEmbedded(
        connection,
        way,
        settled.filter((one) => 'vector' in one).map(({ imageId, vector }) => ({ ...same.get(imageId)!, vector })),
      );
    },

    async failures(catalogId, limit, after) {
      parseOrThrow(pageSize, limit, 'limit');
      const offset = after ? parseOrThrow(z.guid(), after, 'after') : undefined;
      const way = await open(catalogId);
      const { alias } = way.old;
      const page = await connection.send(alias, (client) =>
        client.scroll(alias, {
          filter: failedOn(way),
          limit: limit + 1,
          with_payload: [...RECORD_FIELDS, 'failCode', 'failMessage'],
          ...(offset === undefined ? {} : { offset }),
        }),
      );
      return page.points
        .filter(({ id }) => id !== after)
        .slice(0, limit)
        .map(({ id, payload }) => {
          const { imageId, canonicalName, path } = toRecord(payload, id);
          const code = String(payload?.['failCode']);
          return { imageId, canonicalName, path, code, message: String(payload?.['failMessage']) };
        });
    },

    finish: createChangeOver(connection, registry, places, ways),

    async cancel(catalogId) {
      const { entry, succession } = await open(catalogId);
      if (succession.state === 'switched') {
        const { model } = succession.next;
        throw new AppError('CONFLICT', `“${entry.name}” has gone over to ${model} already: start it again to end it`);
      }
      await ways.end(succession, 'cancelled');
    },
  };
}
