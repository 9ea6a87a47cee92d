import { z } from 'zod';
import { type Collection, createCollection, type Manner } from './collection.ts';
import { map, readBody, text } from './read-body.ts';
import { badJson, noCollection, notFound, Refusal, unsupported, wrongInput } from './refusal.ts';

const actionsSchema = z.strictObject({ actions: z.array(map) });
const createAliasSchema = z.strictObject({ collection_name: text, alias_name: text });
const deleteAliasSchema = z.strictObject({ alias_name: text });
const renameAliasSchema = z.strictObject({ old_alias_name: text, new_alias_name: text });

/** Collections and their aliases, by name. */
export function createServerState(manner: Manner) {
  const { strict } = manner;
  const collections = new Map<string, Collection>();
  /** Alias → collection. */
  const aliases = new Map<string, string>();

  const find = (name: string): Collection | undefined => collections.get(aliases.get(name) ?? name);

  function get(name: string): Collection {
    const collection = find(name);
    if (!collection) throw noCollection(name);
    return collection;
  }

  function createAlias(body: unknown): void {
    const { collection_name: name, alias_name: alias } = readBody(createAliasSchema, body, strict);
    if (!collections.has(name)) throw noCollection(name);
    if (collections.has(alias)) throw taken(alias);
    aliases.set(alias, name);
  }

  function deleteAlias(body: unknown): void {
    aliases.delete(readBody(deleteAliasSchema, body, strict).alias_name);
  }

  function renameAlias(body: unknown): void {
    const { old_alias_name: old, new_alias_name: alias } = readBody(renameAliasSchema, body, strict);
    const name = aliases.get(old);
    if (name === undefined) throw notFound(`Alias ${old} does not exists!`);
    if (collections.has(alias)) throw taken(alias);
    aliases.delete(old);
    aliases.set(alias, name);
  }

  const ACTIONS = { create_alias: createAlias, delete_alias: deleteAlias, rename_alias: renameAlias };

  return {
    find,
    get,
    names: () => [...collections.keys()].toSorted(),

    create(name: string, body: unknown): void {
      checkName(name);
      const collection = createCollection(body, manner);
      if (collections.has(name)) throw taken(name);
      if (aliases.has(name)) {
        throw wrongInput(`Can't create collection with name ${name}. Alias with the same name already exists`);
      }
      collections.set(name, collection);
    },

    /** False for what is not there, and for an alias. Takes the aliases with it. */
    delete(name: string): boolean {
      collections.get(name)?.close();
      for (const [alias, of] of aliases) if (of === name) aliases.delete(alias);
      return collections.delete(name);
    },

    /** One after another, not as a whole: a bad one leaves those before it done. */
    changeAliases(body: unknown): void {
      const { actions } = readBody(actionsSchema, body, strict);
      const kinds = actions.map((action) => Object.keys(action)[0] ?? '');
      if (kinds.some((kind) => !Object.hasOwn(ACTIONS, kind))) {
        throw badJson('data did not match any variant of untagged enum AliasOperations');
      }
      for (const [at, action] of actions.entries()) {
        const kind = kinds[at] as keyof typeof ACTIONS;
        ACTIONS[kind](action[kind]);
      }
    },

    /** Of one collection, or all; by their names. */
    aliases: (name?: string) =>
      [...aliases]
        .filter(([, of]) => name === undefined || of === name)
        .map(([alias, of]) => ({ alias_name: alias, collection_name: of }))
        .toSorted((a, b) => (a.alias_name < b.alias_name ? -1 : 1)),

    close(): void {
      for (const collection of collections.values()) collection.close();
    },
  };
}
export type ServerState = ReturnType<typeof createServerState>;

const taken = (name: string): Refusal => new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);

function checkName(name: string): void {
  if (name === '.' || name === '..') throw unsupported(`the collection name ${name}, which destroys a real server`);
  if (Buffer.byteLength(name) > 255)
    throw badName(`value ${JSON.stringify(name)} invalid, must be from 1 to 255 characters`);
  // eslint-disable-next-line no-control-regex
  const odd = /[<>:"/\\|?*\0\u001f]/.exec(name);
  if (odd) throw badName(`collection name cannot contain ${JSON.stringify(odd[0])} char`);
}

const badName = (message: string): Refusal =>
  new Refusal(422, `Validation error in path parameters: [name: ${message}]`);
