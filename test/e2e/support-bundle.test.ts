import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { startCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const TEST = { timeout: 120_000 };

async function filesOf(zip: string): Promise<Map<string, string>> {
  const files = unzipSync(await readFile(zip));
  return new Map(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

const json = (files: Map<string, string>, name: string): unknown => JSON.parse(files.get(name) ?? '');

it('holds what helps, also while backends are away, and no secret', TEST, async () => {
  const data = await tempDir();
  const secrets = {
    apiKey: 'qdrant-key-4711',
    redis: 'redis-pass-4712',
    qdrant: 'qdrant-pass-4713',
    logged: 'logged-pass-4714',
    bearer: 'bearer-text-4715',
  };
  const token = (await startCli(data, ['token']).ended).stdout.trim();
  const readOnly = (await startCli(data, ['token', '--read-only']).ended).stdout.trim();
  await writeFile(
    join(data, 'settings.json'),
    JSON.stringify({
      version: 1,
      // Nobody listens on the port of "discard".
      redis: { url: `redis://user:${secrets.redis}@127.0.0.1:9` },
      qdrant: { url: `http://user:${secrets.qdrant}@127.0.0.1:9`, apiKey: secrets.apiKey },
    }),
  );
  await mkdir(join(data, 'logs'));
  const line = {
    msg: `GET redis://:${secrets.logged}@host Bearer ${secrets.bearer} ${token} sentinelPassword=${secrets.logged}`,
  };
  await writeFile(join(data, 'logs', 'imagefleet.log'), `${JSON.stringify(line)}\n`);
  await writeFile(join(data, 'logs', 'imagefleet.1.log'), `an older line with ${readOnly}\n`);

  const zip = join(data, 'bundle.zip');
  const { code, stderr } = await startCli(data, ['support-bundle', zip]).ended;
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect((await stat(zip)).mode & 0o777).toBe(0o600);
  const files = await filesOf(zip);
  expect([...files.keys()]).toEqual([
    'versions.json',
    'settings.json',
    'doctor.json',
    'stats.json',
    'workers.json',
    'failed-tasks.json',
    'logs/imagefleet.log',
    'logs/imagefleet.1.log',
  ]);
  expect(json(files, 'versions.json')).toMatchObject({ node: { node: expect.any(String) } });
  expect(json(files, 'settings.json')).toMatchObject({ qdrant: { apiKey: '[redacted]' }, batch: { size: 8 } });
  expect(json(files, 'stats.json')).toMatchObject({ error: { code: 'QUEUE_UNAVAILABLE' } });
  expect(files.get('logs/imagefleet.1.log')).toBe('an older line with [redacted]\n');
  const all = [...files.values()].join('\n');
  for (const secret of [...Object.values(secrets), token, readOnly]) expect(all).not.toContain(secret);

  const again = await startCli(data, ['support-bundle', zip]).ended;
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
});

it('has the numbers of a queue that is there', TEST, async () => {
  const data = await tempDir();
  const zip = join(data, 'bundle.zip');
  expect((await startCli(data, ['support-bundle', zip, '--json']).ended).code).toBe(0);
  const files = await filesOf(zip);
  expect(json(files, 'stats.json')).toMatchObject({ counts: { waiting: 0 }, paused: false });
  expect(json(files, 'workers.json')).toEqual([]);
  expect(json(files, 'doctor.json')).toContainEqual(expect.objectContaining({ status: 'ok' }));
});
