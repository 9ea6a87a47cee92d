import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../../src-core/domain/app-error.ts';
import { isManifestName } from '../../../src-core/domain/manifest-columns.ts';
import type { ManifestItem } from '../../../src-core/files/manifest-fields.ts';
import { readManifestHead } from '../../../src-core/files/manifest-head.ts';
import { checkManifest, readManifest } from '../../../src-core/files/manifest.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function manifest(name: string, content: string | Buffer): Promise<string> {
  const path = join(await tempDir(), name);
  await writeFile(path, content);
  return path;
}

async function read(name: string, content: string | Buffer): Promise<ManifestItem[]> {
  return collect(readManifest(await manifest(name, content)));
}

/** Lines as [line, path, facts] or [line, what was wrong]. */
async function summary(name: string, content: string | Buffer): Promise<unknown[]> {
  const items = await read(name, content);
  return items.map((item) =>
    item.kind === 'bad' ? [item.line, item.message] : [item.line, item.path.split('/').slice(3).join('/'), item.facts],
  );
}

/** Code and message of the refusal. */
async function refusal(path: string): Promise<string> {
  return checkManifest(path).then(
    () => 'not refused',
    ({ code, message }: AppError) => `${code} ${message}`,
  );
}

describe('CSV', () => {
  it('reads columns by their many names, the others as metadata', async () => {
    const csv = '\ufeffImage_Path,SKU,Title,description,Colour\r\na.jpg,0012,"A, ""b""",long,red\r\nsub/b.jpg,,,,\r\n';
    expect(await summary('m.csv', csv)).toEqual([
      [2, 'a.jpg', { productId: '0012', name: 'A, "b"', description: 'long', metadata: { Colour: 'red' } }],
      [3, 'sub/b.jpg', { productId: null, name: null, description: null, metadata: null }],
    ]);
  });

  it('prefers the plainest name of a column', async () => {
    expect(await summary('m.csv', 'filename,title,name,path\nx,t,n,p.jpg\n')).toEqual([
      [2, 'p.jpg', { name: 'n', metadata: { filename: 'x', title: 't' } }],
    ]);
  });

  it('takes the columns that are said, and guesses the others among what is left', async () => {
    const path = await manifest('m.csv', 'name;Titel;sku;Datei\nfront;Boot;7;a.jpg\n');
    const [item] = await collect(readManifest(path, { path: 'Datei', name: 'Titel', product_id: null }));
    const facts = { name: 'Boot', metadata: { name: 'front', sku: '7' } };
    expect(item).toMatchObject({ path: expect.stringMatching(/a\.jpg$/), facts });
    await expect(checkManifest(path, { path: 'Datei', name: 'Title' })).rejects.toMatchObject({
      code: 'INVALID_MANIFEST',
      message: expect.stringMatching(/has no column Title; its columns are: name, Titel, sku, Datei$/),
    });
  });

  it.each([
    ['comma', 'name,path\na;b,x.jpg'],
    ['semicolon', 'name;path\n"a;b";x.jpg'],
    ['tab', 'name\tpath\na;b\tx.jpg'],
  ])('finds out the delimiter: %s', async (_, csv) => {
    expect(await summary('m.csv', csv)).toEqual([[2, 'x.jpg', { name: 'a;b' }]]);
  });

  it('reads quoted values over several lines, and counts the lines', async () => {
    const csv = 'path,name\n"a.jpg","one\ntwo"\n\nb.jpg,x\n';
    expect(await summary('m.csv', csv)).toEqual([
      [2, 'a.jpg', { name: 'one\ntwo' }],
      [5, 'b.jpg', { name: 'x' }],
    ]);
  });

  it('reports each bad line and reads the rest', async () => {
    const long = 'x'.repeat(300_000);
    const csv = [
      'path,name,metadata',
      'a.jpg,5" disk,',
      'b.jpg,"open,',
      'c.jpg,ok,',
      ',no path,',
      'd.jpg,a,,b',
      `e.jpg,${long},`,
      'https://example.org/f.jpg,,',
      'g.jpg,,not json',
      'h.jpg,,"{""k"": [1]}"',
      'i.jpg',
    ].join('\n');
    const quote = 'a quote stands inside a value or is not closed; write it twice, in quotes';
    expect(await summary('m.csv', csv)).toEqual([
      [2, `line 2: ${quote}`],
      [3, `line 3: ${quote}`],
      [4, 'c.jpg', { name: 'ok', metadata: null }],
      [5, 'line 5: path: must not be empty'],
      [6, 'line 6: it has 4 values, the header 3 columns'],
      [7, 'line 7: it is too long'],
      [8, 'line 8: path: must be the path of a file, not a URL'],
      [9, expect.stringMatching(/^line 9: metadata: /)],
      [10, 'h.jpg', { name: null, metadata: { k: [1] } }],
      [11, 'i.jpg', { name: null, metadata: null }],
    ]);
  });

  it('goes on after a quote that is never closed, however much follows', async () => {
    const rows = Array.from({ length: 3_000 }, (_, n) => `${n}.jpg,n`);
    const items = await read('m.csv', ['path,name', 'bad.jpg,"open', ...rows].join('\n'));
    expect(items.filter(({ kind }) => kind === 'bad').map(({ line }) => line)).toEqual([2]);
    expect(items.filter(({ kind }) => kind === 'picture').length).toBe(3_000);
  });

  it('reads back what is written by the rules of CSV', async () => {
    const value = string({ unit: constantFrom('a', ',', '"', '\n', ' ', ';', 'é') });
    const folder = await tempDir();
    await assert(
      asyncProperty(array(value, { maxLength: 20 }), async (values) => {
        const rows = values.map((name, n) => `${n}.jpg,"${name.replaceAll('"', '""')}"`);
        const path = join(folder, 'm.csv');
        await writeFile(path, ['path,name', ...rows].join('\n'));
        const items = await collect(readManifest(path));
        const names = items.map((item) => (item.kind === 'picture' ? (item.facts.name ?? '') : item.message));
        expect(names).toEqual(values);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses a header without a path, with the columns it found', async () => {
    const path = await manifest('m.csv', 'sku;title\n1;x\n');
    await expect(checkManifest(path)).rejects.toMatchObject({
      code: 'INVALID_MANIFEST',
      message: expect.stringMatching(/has no column path .*: sku, title$/),
    });
  });

  it('refuses what is empty, not there, UTF-16 or no manifest at all', async () => {
    expect(await refusal(await manifest('m.csv', ''))).toMatch(/^INVALID_MANIFEST .* is empty/);
    expect(await refusal(join(await tempDir(), 'gone.csv'))).toMatch(/^INVALID_MANIFEST .*gone.csv cannot be read/);
    const utf16 = Buffer.from('\ufeffpath\na.jpg\n', 'utf16le');
    expect(await refusal(await manifest('m.csv', utf16))).toMatch(/UTF-16; save it as UTF-8/);
    expect(await refusal(await manifest('m.txt', 'path\n'))).toMatch(/must end in .csv, .tsv, .jsonl, .ndjson/);
  });
});

describe('JSON lines', () => {
  it('reads fields by their many names, the others as metadata', async () => {
    const lines = [
      '{"image_path": "/abs/a.jpg", "productId": 12, "title": "t", "metadata": {"a": 1}, "tags": ["x"]}',
      '',
      '{"path": "b.jpg", "name": null}',
    ];
    const items = await read('m.jsonl', lines.join('\n'));
    expect(items).toMatchObject([
      {
        line: 1,
        path: '/abs/a.jpg',
        facts: { productId: '12', name: 't', metadata: { a: 1, tags: ['x'] } },
      },
      { line: 3, facts: { name: null } },
    ]);
  });

  it('reports each bad line and reads the rest', async () => {
    const lines = ['{"path":', '[1]', '{"name": "n"}', '{"path": "a\\u0000.jpg"}', '{"path": 7}', '{"path": "a.jpg"}'];
    expect(await summary('m.ndjson', lines.join('\r\n'))).toEqual([
      [1, 'line 1: it is not one JSON object'],
      [2, 'line 2: it is not one JSON object'],
      [3, 'line 3: path: must not be empty'],
      [4, 'line 4: path: must not contain a zero byte'],
      [5, expect.stringMatching(/^line 5: path: /)],
      [6, 'a.jpg', {}],
    ]);
  });

  it('reads a name that is not UTF-8 as a bad line', async () => {
    const line = Buffer.concat([Buffer.from('{"path": "a'), Buffer.from([0xff]), Buffer.from('.jpg"}\n')]);
    expect(await summary('m.jsonl', line)).toEqual([[1, 'line 1: path: is not valid UTF-8']]);
  });

  it('keeps characters whole that lie over two chunks of the file', async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => JSON.stringify({ path: `${n}.jpg`, name: '🍏é'.repeat(9) }));
    const items = await read('m.jsonl', lines.join('\n'));
    expect(items.every((item) => item.kind === 'picture' && item.facts.name === '🍏é'.repeat(9))).toBe(true);
    expect(items.length).toBe(5_000);
  });
});

it('knows manifests by their name', () => {
  expect(['a.csv', 'A.TSV', 'b.jsonl', 'b.ndjson'].every(isManifestName)).toBe(true);
  expect(['a.json', 'csv', 'a.csv.jpg', 'a'].some(isManifestName)).toBe(false);
});

describe('the head of a manifest', () => {
  it('tells columns and guesses, and no line while none holds the path', async () => {
    const path = await manifest('m.csv', 'Bild;sku\na.jpg;1\nb.jpg;2\n');
    expect(await readManifestHead(path, {}, 1)).toEqual({
      columns: ['Bild', 'sku'],
      names: { productId: 'sku' },
      items: [],
    });
    // What was said of another manifest is passed over.
    const { names, items } = await readManifestHead(path, { path: 'Bild', name: 'Other' }, 1);
    expect(names).toEqual({ path: 'Bild', productId: 'sku' });
    expect(items).toMatchObject([{ line: 2, facts: { productId: '1' } }]);
  });

  it('takes the fields of all first lines of JSON', async () => {
    const path = await manifest('m.jsonl', '{"file":"a.jpg"}\nnone\n{"file":"b.jpg","title":"B"}\n');
    const { columns, names, items } = await readManifestHead(path, {}, 3);
    expect([columns, names]).toEqual([['file', 'title'], { path: 'file', name: 'title' }]);
    expect(items.map(({ kind }) => kind)).toEqual(['picture', 'bad', 'picture']);
  });

  it('refuses what is no manifest, or cannot be read', async () => {
    await expect(readManifestHead('/none.csv', {}, 1)).rejects.toMatchObject({ code: 'INVALID_MANIFEST' });
    await expect(readManifestHead('/none.png', {}, 1)).rejects.toMatchObject({ code: 'INVALID_MANIFEST' });
  });
});
