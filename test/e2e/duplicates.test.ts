import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cliInProcess } from '../support/cli.ts';
import { plantDuplicates } from '../support/planted-duplicates.ts';
import { startQdrantDouble } from '../support/qdrant-double/start.ts';
import { startServe } from '../support/serve.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 180_000 };

interface Page {
  scan: { state: string; compared: number };
  groups: {
    kind: string;
    differences: string[];
    pictures: { path: string; image_id: string; content_hash: string; score: number }[];
    keep: { image_id: string; why: string }[];
    mark: { image_id: string; for: string; why: string }[];
  }[];
  group_count: number;
  next: number | null;
}

const pathsOf = ({ pictures }: Page['groups'][number]): string[] => pictures.map(({ path }) => path).toSorted();

async function answer<T>(reply: Promise<Response>): Promise<T> {
  return (await reply).json() as Promise<T>;
}

async function openStore(where: 'data dir' | 'qdrant'): Promise<string[]> {
  if (where === 'data dir') return [];
  const double = await startQdrantDouble();
  onTestFinished(() => double.stop());
  return ['--qdrant', double.url];
}

it.each(['data dir', 'qdrant'] as const)(
  'finds planted duplicates from the command line, store in: %s',
  TEST,
  async (where) => {
    const dir = await tempDir();
    const pictures = join(dir, 'pictures');
    const { original, exact, resized, recompressed } = await plantDuplicates(pictures);
    const store = await openStore(where);
    const call = async <T>(...args: string[]) => {
      const { code, stdout, stderr } = await cliInProcess(join(dir, 'data'), ...store, ...args);
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      return (args.includes('--json') ? JSON.parse(stdout) : stdout) as T;
    };
    await call('index', pictures, '--workers', '1');

    const found = await call<Page>('duplicates', '--json');
    expect(found).toMatchObject({ scan: { state: 'completed', compared: 7 }, group_count: 1 });
    expect(pathsOf(found.groups[0]!)).toEqual([original, exact, resized, recompressed].toSorted());
    expect(found.groups[0]).toMatchObject({ kind: 'near' });
    expect(found.groups[0]!.differences).toEqual(expect.arrayContaining(['size', 'bytes', 'format', 'folder']));
    const same = await call<Page>('duplicates', '--last', '--threshold', '1', '--json');
    expect(same.groups).toMatchObject([{ kind: 'exact' }]);
    expect(pathsOf(same.groups[0]!)).toEqual([original, exact].toSorted());

    const keep = ['--last', '--keep', `largest,folder:${join(pictures, 'copies')}`];
    const chosen = await call<Page>('duplicates', ...keep, '--json');
    const idOf = new Map(chosen.groups[0]!.pictures.map(({ path, image_id }) => [path, image_id]));
    expect(chosen.groups[0]).toMatchObject({ keep: [{ image_id: idOf.get(exact), why: expect.any(String) }] });
    const why = new Map(chosen.groups[0]!.mark.map((mark) => [mark.image_id, mark.why]));
    expect([original, resized, recompressed].map((path) => why.get(idOf.get(path)!))).toEqual([
      'folder',
      'largest',
      'largest',
    ]);

    const csv = (await call<string>('duplicates', ...keep, '--csv')).trimEnd().split('\n');
    expect(csv[0]).toMatch(/^group_id,kind,choice,kept_instead,why,score,image_id,path,/);
    expect(csv.filter((line) => line.includes(',mark,'))).toHaveLength(3);
    expect(await call('duplicates', ...keep)).toContain('1 group of 4 pictures');

    const refused = await cliInProcess(join(dir, 'data'), ...store, 'duplicates', ...keep, '--remove');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes 3') });
    expect(await call('duplicates', ...keep, '--remove', '--yes', '3', '--json')).toEqual({ removed: 3 });
    expect(await call<Page>('duplicates', '--json')).toMatchObject({ group_count: 0 });
    for (const path of [original, exact, resized, recompressed]) await access(path);
  },
);

it('finds them at a server, remembers what are none, and lets searches through', TEST, async () => {
  const dir = await tempDir();
  const pictures = join(dir, 'pictures');
  const { original, exact, resized, recompressed } = await plantDuplicates(pictures);
  const server = await startServe(join(dir, 'data'), '--workers', '1', '--allow-root', pictures);
  const none = join(await tempDir(), 'none');
  const call = async <T>(...args: string[]) => {
    const at = ['--server', server.url, '--token', server.token];
    const { code, stdout, stderr } = await cliInProcess(none, ...at, ...args);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return (args.includes('--json') ? JSON.parse(stdout) : stdout) as T;
  };
  await call('index', pictures, '--strict', '--json');

  const [found] = await Promise.all([call<Page>('duplicates', '--json'), call('search', '--text', 'mug', '--json')]);
  expect(pathsOf(found.groups[0]!)).toEqual([original, exact, resized, recompressed].toSorted());
  const keep = ['--last', '--keep', 'largest'];
  expect((await call<Page>('duplicates', ...keep, '--json')).groups[0]!.mark).toHaveLength(3);
  expect((await call<string>('duplicates', ...keep, '--csv')).split(',mark,')).toHaveLength(1 + 3);

  const ids = new Map(found.groups[0]!.pictures.map(({ path, image_id }) => [path, image_id]));
  const both = { image_ids: [ids.get(original), ids.get(exact), ids.get(resized), ids.get(recompressed)] };
  const mark = await answer<{ not_id: string }>(server.post('/duplicates/not', both));
  const groups = async () => answer<Page>(server.get('/duplicates/groups?min_score=0.95'));
  expect(await groups()).toMatchObject({ group_count: 0, groups: [] });
  expect(await call<Page>('duplicates', '--json')).toMatchObject({ group_count: 0 });
  expect(await answer(server.get('/duplicates/not'))).toMatchObject({ not_duplicates: [mark], next: null });
  const headers = { authorization: `Bearer ${server.token}` };
  await fetch(`${server.url}/duplicates/not/${mark.not_id}`, { method: 'DELETE', headers });
  expect(await groups()).toMatchObject({ group_count: 1 });

  const stream = await server.get('/duplicates/events');
  const begun = await answer<{ scan_id: string }>(server.post('/duplicates/scans', { least_score: 0.8 }));
  const ended = (text: string) =>
    text.split('\n').some((line) => line.includes(begun.scan_id) && line.includes('"completed"'));
  let told = '';
  for await (const piece of stream.body!.pipeThrough(new TextDecoderStream())) {
    told += piece;
    if (ended(told)) break;
  }
  expect(told).toContain('event: scan\n');
  expect(await answer(server.get(`/duplicates/scans/${begun.scan_id}`))).toMatchObject({
    state: 'completed',
    share: 1,
  });
  expect(await answer(server.get('/duplicates/groups?min_score=0.7'))).toMatchObject({
    status: 400,
    errors: [{ field: 'min_score', problem: 'must be at least 0.8' }],
  });
  expect(await answer(server.post('/duplicates/remove', { keep: ['largest'] }))).toMatchObject({
    status: 400,
    errors: [{ field: 'confirm', problem: 'must be 3' }],
  });
  expect(await answer(server.post('/duplicates/remove', { keep: ['largest'], confirm: 3 }))).toEqual({ removed: 3 });
  expect(await groups()).toMatchObject({ groups: [] });
  await server.stop();
});
