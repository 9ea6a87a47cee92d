import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';

/** Only what is safe as a name of a folder: a server takes even `..`, and deletes what that leads to. */
export const madeName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,150}$/);

export const namePrefix = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1–40 lower-case letters, digits or dashes, and not begin with a dash');

export function registryName(prefix: string): string {
  return `${prefix}-catalogs`;
}

/**
 * Names of a new catalog's alias and of its collection for a model: what a person can recognise of the catalog's name,
 * and what no other has. Nor one before: a late request to delete a dropped catalog's collection must not meet that of
 * one that was made again with the same id.
 */
export function catalogNames(
  prefix: string,
  catalog: { name: string; model: string },
): { alias: string; collection: string } {
  const slug = catalog.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replaceAll(/^-|-$/g, '');
  const alias = [prefix, slug, randomUUID().slice(0, 8)].filter(Boolean).join('-');
  return { alias, collection: `${alias}-${shortHash(catalog.model)}` };
}

/** 16 hexadecimal digits. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
