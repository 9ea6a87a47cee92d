import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openQdrantVectors } from '../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { until } from '../chaos/host.ts';
import { cliInProcess, startCli } from '../support/cli.ts';
import { assertEqual, CATALOG, copyJson, fillDataDir, killCopy, killCopyInto, withStore } from '../support/copies.ts';
import { type QdrantDouble, startQdrantDouble } from '../support/qdrant-double/start.ts';
import { tempDir } from '../support/temp-dir.ts';

const RECORDS = 3_000;

function isPoints({ path }: { path: string }): boolean {
  return path.includes('/points');
}

/** So that a copy to it cannot come to its end before it is stopped. Answers how to end that. */
function slowDown({ faults }: QdrantDouble): () => void {
  const trouble = { delayMs: 250 };
  return faults.add({ trouble, when: ({ method, path }) => method === 'PUT' && isPoints({ path }) });
}

async function newDouble(options: { apiKey?: string } = {}): Promise<QdrantDouble> {
  const double = await startQdrantDouble(options);
  onTestFinished(() => double.stop());
  return double;
}

async function storeOf({ url }: QdrantDouble, apiKey: string | null = null): Promise<VectorStore> {
  const store = await openQdrantVectors({ url, apiKey, timeoutMs: 10_000, quantization: 'int8', onDisk: false });
  onTestFinished(() => store.close());
  return store;
}

// Several processes, one after another, on a machine that may be busy.
describe('imagefleet copy to Qdrant and back', { timeout: 120_000 }, () => {
  it('survives SIGKILL half way in both directions, and is equal at the end', async () => {
    const [from, back] = [await tempDir(), await tempDir()];
    const id = await fillDataDir(from, RECORDS);
    const double = await newDouble();
    const there = await storeOf(double);
    const countThere = async (): Promise<number> => {
      await sleep(50); // the double answers in this very process
      return (await there.catalogs()).length > 0 ? there.count(id) : 0;
    };

    const enough = slowDown(double);
    const args = ['--catalog', CATALOG, '--to-qdrant', double.url];
    await killCopy(from, args, async () => (await countThere()) >= RECORDS / 4);
    enough();
    const half = await countThere();
    expect(half).toBeLessThan(RECORDS);
    // What the server had received when the copy was killed, it may have written after we looked.
    const { records, copied, unchanged } = await copyJson(from, ...args);
    expect(unchanged).toBeGreaterThanOrEqual(half);
    expect([records, copied + unchanged]).toEqual([RECORDS, RECORDS]);
    expect(await withStore(from, (store) => assertEqual(store, there, id))).toBe(RECORDS);

    const home = ['--catalog', CATALOG, '--from-qdrant', double.url];
    const halfBack = await killCopyInto(back, home, RECORDS / 4);
    expect(halfBack).toBeLessThan(RECORDS);
    expect(await copyJson(back, ...home)).toMatchObject({ copied: RECORDS - halfBack, unchanged: halfBack });
    await withStore(from, (one) =>
      withStore(back, async (other) => expect(await assertEqual(one, other, id)).toBe(RECORDS)),
    );
  });

  it('ends after the pages it is at when it is interrupted, and the same command goes on', async () => {
    const from = await tempDir();
    const id = await fillDataDir(from, RECORDS);
    const double = await newDouble();
    const there = await storeOf(double);
    const enough = slowDown(double);
    const args = ['copy', '--json', '--catalog', CATALOG, '--to-qdrant', double.url];
    const { child, ended } = startCli(from, args);
    await until(async () => (await there.catalogs()).length > 0 && (await there.count(id)) > 0, 60_000, 'a record');
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    enough();
    expect(code).toBe(130);
    const copied = await there.count(id);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, copied, records: copied, compared: 0 });
    expect(copied % 500).toBe(0);
    expect(copied).toBeLessThan(RECORDS);
    expect(await copyJson(from, ...args.slice(2))).toMatchObject({ records: RECORDS, unchanged: copied });
  });

  it('goes on through connections that are cut and a server that is busy', async () => {
    const from = await tempDir();
    const id = await fillDataDir(from, 1_500);
    const double = await newDouble();
    double.faults.add({ trouble: 'reset-after', when: isPoints, times: 1 });
    double.faults.add({ trouble: { status: 429, retryAfterS: 0 }, when: isPoints, times: 1 });
    expect(await copyJson(from, '--catalog', CATALOG, '--to-qdrant', double.url)).toMatchObject({ records: 1_500 });
    const there = await storeOf(double);
    expect(await withStore(from, (store) => assertEqual(store, there, id))).toBe(1_500);
  });

  it('takes the key of the settings, and takes the data dir where the settings name the same server', async () => {
    const from = await tempDir();
    const id = await fillDataDir(from, 300);
    const double = await newDouble({ apiKey: 'secret' });
    const args = ['copy', '--catalog', CATALOG, '--to-qdrant', double.url];
    const refused = await cliInProcess(from, ...args);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/key/i);
    const settings = ['--set', `qdrant.url=${double.url}`, '--set', 'qdrant.apiKey=secret', '--json'];
    const { code, stdout } = await cliInProcess(from, ...args, ...settings);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      from: `the store in ${from}`,
      to: `Qdrant at ${double.url}`,
      copied: 300,
    });
    expect(stdout).not.toContain('secret');
    expect(await withStore(from, async (store) => assertEqual(store, await storeOf(double, 'secret'), id))).toBe(300);
  });

  it('says that a server is away, with the exit code for it', async () => {
    const from = await tempDir();
    await fillDataDir(from, 10);
    const double = await newDouble();
    await double.faults.down();
    const args = ['--catalog', CATALOG, '--to-qdrant', double.url, '--set', 'qdrant.timeoutMs=500'];
    const { code, stderr } = await cliInProcess(from, 'copy', ...args);
    expect(stderr).toContain(double.url.replace('http://', ''));
    expect(code).toBe(3);
  });
});
