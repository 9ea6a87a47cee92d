import { AppError } from '../../domain/app-error.ts';
import type { Succession } from '../../domain/re-embedding.ts';
import type { Connection } from './connection.ts';
import { noCatalog, type Place } from './places.ts';
import type { Entry, Registry } from './registry.ts';
import type { SuccessionEntry } from './succession-log.ts';
import { countAt, dueOn, failedOn, type Way } from './succession-points.ts';

/** A catalog's way to another model, as the list has it. */
export type OpenWay = Way & { entry: Entry; succession: SuccessionEntry };
export type Ways = ReturnType<typeof createWays>;

export function createWays(connection: Connection, registry: Registry) {
  const log = registry.successions;

  async function entryOf(catalogId: string): Promise<Entry> {
    const entry = (await registry.entries()).find(({ id }) => id === catalogId);
    if (!entry) throw noCatalog(catalogId);
    return entry;
  }

  /** What somebody has not ended quite is ended first. */
  async function onItsWay(catalogId: string): Promise<SuccessionEntry | null> {
    const succession = await log.get(catalogId);
    if (succession?.state !== 'cancelled' && succession?.state !== 'arrived') return succession;
    await end(succession, succession.state);
    return null;
  }

  /** Drops what is of no use any more; the collection first: once the entry is gone nobody would know of it. */
  async function end(succession: SuccessionEntry, how: 'cancelled' | 'arrived'): Promise<void> {
    await log.set(succession, { state: how });
    const { collection } = how === 'cancelled' ? succession.next : succession.old;
    await connection.send(collection, (client) => client.deleteCollection(collection));
    await log.forget(succession);
  }

  /** Throws NOT_FOUND. */
  async function open(catalogId: string): Promise<OpenWay> {
    const entry = await entryOf(catalogId);
    const succession = await onItsWay(catalogId);
    if (succession) return wayOf(entry, succession);
    throw new AppError('NOT_FOUND', `the catalog “${entry.name}” does not go over to another model`);
  }

  async function told(way: OpenWay): Promise<Succession> {
    const { state, startedAt, next } = way.succession;
    const [total, done, failed, due] = await Promise.all([
      countAt(connection, way.old, {}),
      state === 'new' ? 0 : countAt(connection, way.next, {}),
      countAt(connection, way.old, failedOn(way)),
      countAt(connection, way.old, dueOn(way)),
    ]);
    // Before it has switched, nothing else is in the next collection: more than there should be was deleted meanwhile.
    const isSwept = state === 'switched' || done + failed === total;
    const { model, dimension } = next;
    return { model, dimension, startedAt, total, done, failed, complete: due === 0 && isSwept };
  }

  return { entryOf, onItsWay, end, open, told };
}

export function wayOf(entry: Entry, succession: SuccessionEntry): OpenWay {
  const { id, name, createdAt } = entry;
  // By their own names, since the old alias goes.
  const placeOf = ({ model, dimension, collection }: SuccessionEntry['next' | 'old']): Place => ({
    catalog: { id, name, model, dimension, createdAt },
    alias: collection,
    collection,
  });
  const { token, old, next } = succession;
  return { entry, succession, token, old: placeOf(old), next: placeOf(next) };
}
