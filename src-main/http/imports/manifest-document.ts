import type { ManifestDocument } from '../../../src-core/contract/import-preview.ts';
import { MANIFEST_FIELDS } from '../../../src-core/domain/manifest-columns.ts';
import type { ManifestHead } from '../../../src-core/files/manifest-head.ts';

/** How a manifest would be read. */
export function manifestDocument({ columns, names, items }: ManifestHead): ManifestDocument {
  const fields = { path: names.path, product_id: names.productId, name: names.name, description: names.description };
  return {
    columns,
    fields: Object.fromEntries(
      MANIFEST_FIELDS.map((field) => [field, fields[field] ?? null]),
    ) as ManifestDocument['fields'],
    rows: items.map((item) => {
      const { line } = item;
      const nothing = { path: null, product_id: null, name: null, description: null, metadata: {}, problem: null };
      if (item.kind === 'bad') return { ...nothing, line, problem: item.message };
      const { productId = null, name = null, description = null, metadata } = item.facts;
      return { ...nothing, line, path: item.path, product_id: productId, name, description, metadata: metadata ?? {} };
    }),
  };
}
