import { z } from 'zod';
import { AppError } from './app-error.ts';

export const catalogName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100)
  .refine((name) => !/[\p{Cc}/\\]/u.test(name), 'must not contain control characters or slashes');

/** A named set of pictures that are searched together. The id never changes; the name may. */
export const catalog = z.object({
  id: z.uuid(),
  name: catalogName,
  /** Id of the model that its vectors come from. */
  model: z.string(),
  dimension: z.number().int().positive(),
  createdAt: z.number(),
});
export type Catalog = z.infer<typeof catalog>;

/** A catalog may have gone over to another model while a picture was embedded. Throws DIMENSION_MISMATCH. */
export function checkModel(catalog: Pick<Catalog, 'name' | 'model'>, { path, model }: { path: string; model: string }) {
  if (model === catalog.model) return;
  throw new AppError(
    'DIMENSION_MISMATCH',
    `the catalog “${catalog.name}” holds vectors of ${catalog.model}; that of ${path} is of ${model}`,
    { details: { model: catalog.model } },
  );
}

export const DEFAULT_CATALOG = 'default';

/** By name, else by id. Throws NOT_FOUND, naming those that there are. */
export function findCatalog(catalogs: readonly Catalog[], nameOrId: string): Catalog {
  const found = catalogs.find(({ name }) => name === nameOrId) ?? catalogs.find(({ id }) => id === nameOrId);
  if (found) return found;
  const known = catalogs.map(({ name }) => `“${name}”`).join(', ');
  throw new AppError(
    'NOT_FOUND',
    `there is no catalog “${nameOrId}”; ${known ? `there is ${known}` : 'there is none yet'}`,
  );
}
