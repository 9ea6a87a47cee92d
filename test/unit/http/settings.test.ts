import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSettings } from '../../../src-core/settings/load.ts';
import { AUTH, testServer } from './test-server.ts';

async function server(settings = {}) {
  const all = await testServer(settings);
  const patch = (changes: object) =>
    all.app.inject({ method: 'PATCH', url: '/settings', headers: AUTH, payload: { changes } });
  return { ...all, patch, file: join(all.console.dataDir.root, 'settings.json') };
}

it('tells settings without secrets', async () => {
  const { get } = await server({
    qdrant: { apiKey: 'very-secret' },
    limits: { maxPixels: 7 },
    paths: { allowRoots: ['/pictures'] },
  });
  const answer = await get('/settings');
  expect(answer.json().settings).toMatchObject({
    'limits.maxPixels': {
      value: 7,
      default: 300_000_000,
      variable: 'IMAGEFLEET_LIMITS_MAX_PIXELS',
      takes_effect: 'at the next start',
    },
    'qdrant.apiKey': { value: null, is_set: true },
    'redis.url': { value: null, is_set: false },
    'paths.allowRoots': { value: ['/pictures'] },
  });
  expect(answer.body).not.toContain('very-secret');
});

it('writes what is changed into the file, whole or not at all', async () => {
  const { get, patch, file, console } = await server();
  await writeFile(file, '{"version": 1, "limits": {"maxPixels": 5}}');
  const answer = await patch({ 'limits.maxBytes': 9, 'redis.url': 'redis://:hidden@queue' });
  expect(answer.json()).toEqual({ changed: ['limits.maxBytes', 'redis.url'], restart_needed: true });
  const dataDir = console.dataDir.root;
  expect(await loadSettings({ dataDir, env: {} })).toMatchObject({
    limits: { maxBytes: 9, maxPixels: 5 },
    redis: { url: 'redis://:hidden@queue' },
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const before = await readFile(file, 'utf8');
  for (const [wrong, field] of [
    [{ 'limits.maxBytes': 1, 'limits.maxPixels': 'many' }, 'limits.maxPixels'],
    [{ 'limits.maxbytes': 1 }, 'limits.maxbytes'],
    [{ limits: { maxBytes: 1 } }, 'limits'],
    [{ version: 2 }, 'version'],
    [{ 'fleet.__proto__': 1 }, 'fleet.__proto__'],
  ] as const) {
    const problem = { status: 400, code: 'INVALID_INPUT', errors: [{ field }] };
    expect([wrong, (await patch(wrong)).json()]).toMatchObject([wrong, problem]);
  }
  // Whoever has the token would else let himself read the whole machine and its network.
  for (const wrong of [
    { 'paths.allowRoots': ['/'] },
    { 'paths.map': ['/a=/'] },
    { 'http.fetchUrls': true },
    { 'models.mirror': 'http://169.254.169.254' },
    { 'models.mirror': null },
    { 'tracing.endpoint': 'http://169.254.169.254' },
  ]) {
    expect([wrong, (await patch(wrong)).json()]).toMatchObject([wrong, { status: 403, code: 'FORBIDDEN' }]);
  }
  expect(await readFile(file, 'utf8')).toBe(before);
  const told = (await get('/settings')).json().settings;
  expect(told).toMatchObject({
    'limits.maxPixels': { value: 300_000_000, next: 5, is_saved: true, is_overridden: false, may_change: true },
    'limits.decodeMs': { next: 30_000, is_saved: false },
    'redis.url': { value: null, next: 'redis://***@queue', is_saved: true },
    'paths.map': { may_change: false },
    'models.mirror': { may_change: false, value: 'https://huggingface.co' },
  });
  await patch({ 'limits.maxPixels': null });
  expect(await loadSettings({ dataDir, env: {} })).toMatchObject({ limits: { maxPixels: 300_000_000 } });
});

it('lists the models that are installed, the damaged ones too', async () => {
  const { get, console } = await server();
  const { mkdir } = await import('node:fs/promises');
  await mkdir(join(console.dataDir.root, 'models'));
  await writeFile(join(console.dataDir.root, 'models', 'mine.json'), '{');
  expect((await get('/models')).json()).toMatchObject({
    models: [
      { id: 'mine', built_in: false, in_use: false, problem: { code: 'MODEL_INVALID' } },
      { id: 'default-160', built_in: true, in_use: true, dimension: 256, problem: null },
      { id: 'clip-vit-b32', installed: false },
      { id: 'siglip2-b16-224', installed: false },
    ],
  });
});

it('says that a fleet cannot be changed that is not there', async () => {
  const { get } = await server();
  expect((await get('/fleet')).json()).toMatchObject({ status: 409, code: 'CONFLICT' });
});

it('tells the newest log lines, and only those after the last one', async () => {
  const { get, console } = await server({ log: { level: 'info' } });
  const log = await console.log();
  log.info({ importId: 'one' }, 'first');
  log.error({ importId: 'two', apiKey: 'very-secret' }, 'second');
  const all = await get('/logs');
  const { lines } = all.json();
  expect(lines.slice(-3)).toMatchObject([{ message: 'first' }, { message: 'second', level: 50 }, {}]);
  expect(all.body).not.toContain('very-secret');
  const { lines: errors } = (await get('/logs?level=error')).json();
  expect(errors).toMatchObject([{ message: 'second' }]);
  expect((await get('/logs?of=one')).json().lines).toMatchObject([{ message: 'first' }]);
  log.warn('third');
  const later = (await get(`/logs?level=warn&since=${errors[0].seq}`)).json();
  expect(later).toMatchObject({ lines: [{ message: 'third' }] });
  expect((await get('/logs?level=loud')).json()).toMatchObject({ status: 400, errors: [{ field: 'level' }] });
});
