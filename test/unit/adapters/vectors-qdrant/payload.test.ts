import { describe, expect, test } from 'vitest';
import {
  changed,
  foldersOf,
  toPayload,
  toPayloadChange,
  toRecord,
} from '../../../../src-core/adapters/vectors-qdrant/payload.ts';
import type { Catalog } from '../../../../src-core/domain/catalog.ts';
import { MODEL, record } from '../../../contract/vector-store/samples.ts';

const catalog: Catalog = {
  id: '6ba7b810-9dad-41d1-80b4-00c04fd430c8',
  name: 'pictures',
  model: MODEL,
  dimension: 8,
  createdAt: 1,
};

describe('payload', () => {
  test('holds the fields by their names, and no nulls', () => {
    const payload = toPayload(record(catalog, 'shoes/a.jpg', { productId: 'P1', keywords: ['red'] }));
    expect(payload).toMatchObject({ productId: 'P1', keywords: ['red'], width: 640, version: 1, fileName: 'a.jpg' });
    expect(payload).toMatchObject({ folders: ['/', '/pictures/', '/pictures/shoes/'], start_productId: '\u0001P1' });
    expect(Object.values(payload)).not.toContain(null);
    expect(Object.keys(payload)).not.toContain('missingSince');
  });

  test('keeps as text what the server’s reader of numbers might round', () => {
    const { mtimeMs, mtime, metadata } = toPayload(record(catalog, 'a.jpg', { mtimeMs: 0.5, metadata: { sum: 0.1 } }));
    expect({ mtimeMs, mtime, metadata }).toEqual({ mtimeMs: 0.5, mtime: '0.5', metadata: '{"sum":0.1}' });
    expect(toPayload(record(catalog, 'a.jpg', { mtimeMs: 7 }))).not.toHaveProperty('mtime');
  });

  test('a number that the server has rounded is read as it was', () => {
    const one = record(catalog, 'a.jpg', { mtimeMs: 1.7e12 + 0.123_456, metadata: { big: 2 ** 60 } });
    const rounded = { ...toPayload(one), mtimeMs: 1.7e12 };
    expect(toRecord(rounded, one.imageId)).toEqual(one);
  });

  test('changed as a patch says is that of the changed record', () => {
    const facts = { name: 'n', productId: 'p', metadata: { a: 1 }, keywords: ['k'], missingSince: 5, mtimeMs: 0.5 };
    const before = record(catalog, 'a.jpg', facts);
    const patch = { name: null, metadata: null, keywords: null, missingSince: null, mtimeMs: 3, title: 't' };
    const { name: _, metadata: __, ...others } = before;
    const after = { ...others, keywords: [], missingSince: null, mtimeMs: 3, title: 't' };
    const { words: ___, ...payload } = changed(toPayload(before), toPayloadChange(patch));
    const { words: ____, ...expected } = toPayload(after);
    expect(payload).toEqual(expected);
    expect(toPayloadChange({})).toEqual({});
  });

  test.each([
    ['/a/b/c.jpg', ['/', '/a/', '/a/b/']],
    ['C:/a/b.jpg', ['C:/', 'C:/a/']],
    ['//host/share/b.jpg', ['/', '//', '//host/', '//host/share/']],
    ['alone.jpg', []],
  ])('folders of %s', (name, folders) => {
    expect(foldersOf(name)).toEqual(folders);
  });
});
