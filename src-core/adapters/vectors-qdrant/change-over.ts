import { AppError, parseOrThrow } from '../../domain/app-error.ts';
import { catalogName } from '../../domain/catalog.ts';
import type { Successions } from '../../ports/successions.ts';
import type { Connection } from './connection.ts';
import type { Places } from './places.ts';
import type { Registry } from './registry.ts';
import { countAt, dueOn, sweepDeleted } from './succession-points.ts';
import type { OpenWay, Ways } from './succession-ways.ts';

/**
 * One write to the catalog's entry; then the old alias goes, by which alone others write to the old collection, so that it
 * stands still, and what they wrote until then is brought over. From that write on there is no way back, only to the end,
 * to which whoever begins the same again goes on.
 */
export function createChangeOver(
  connection: Connection,
  registry: Registry,
  places: Places,
  ways: Ways,
): Successions['finish'] {
  async function refuseUnready(way: OpenWay, keepAs: string | null, leaveOut: number): Promise<boolean> {
    const { complete, failed } = await ways.told(way);
    if (!complete) return true;
    const { name } = way.entry;
    if (failed !== leaveOut) {
      throw new AppError('CONFLICT', `${failed} pictures of “${name}” could not be embedded, not ${leaveOut}`);
    }
    const isTaken =
      way.succession.state !== 'switched' && (await registry.entries()).some((one) => one.name === keepAs);
    if (isTaken) throw new AppError('CONFLICT', `there is a catalog “${keepAs}” already`);
    return false;
  }

  /** From now on nobody writes to the old collection: those who still know its alias look again. */
  async function switchOver({ entry, succession }: OpenWay): Promise<void> {
    const { alias, collection, model, dimension } = succession.next;
    await registry.point(entry.id, { alias, collection, model, dimension });
    places.forget(entry.id);
    const action = { delete_alias: { alias_name: succession.old.alias } };
    await connection.send(alias, (client) => client.updateCollectionAliases({ actions: [action] }));
  }

  /** Whose name is taken meanwhile gets another: there is no way back from here. */
  async function keepOld({ entry, succession }: OpenWay, wanted: string): Promise<void> {
    const { keptAlias: alias, collection, model, dimension } = succession.old;
    const action = { create_alias: { collection_name: collection, alias_name: alias } };
    await connection.send(collection, (client) => client.updateCollectionAliases({ actions: [action] }));
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted.slice(0, 90)} ${count}`;
      const { kind, createdAt } = entry;
      const kept = { kind, id: succession.token, name, model, dimension, createdAt, alias, collection };
      const claimed = await registry.claim({ ...kept, generation: 0, state: 'ready' });
      if (claimed.id === succession.token) return;
    }
  }

  return async (catalogId, { keepAs, leaveOut }) => {
    const kept = keepAs === null ? undefined : parseOrThrow(catalogName, keepAs, 'catalog name');
    const way = await ways.open(catalogId);
    if (await refuseUnready(way, kept ?? null, leaveOut)) return false;
    if (way.succession.state === 'running') {
      const change = { state: 'switched', ...(kept !== undefined && { keepAs: kept }) } as const;
      await registry.successions.set(way.succession, change);
      Object.assign(way.succession, change);
    }
    await switchOver(way);
    // What came in until the old collection stood still.
    if ((await countAt(connection, way.old, dueOn(way))) > 0) return false;
    await sweepDeleted(connection, way);
    // Who renamed it meanwhile may have written down where it was.
    const { collection } = await ways.entryOf(catalogId);
    if (collection !== way.next.collection) await switchOver(way);
    const { keepAs: name } = way.succession;
    if (name === undefined) {
      await ways.end(way.succession, 'arrived');
    } else {
      await keepOld(way, name);
      await registry.successions.forget(way.succession);
    }
    return true;
  };
}
