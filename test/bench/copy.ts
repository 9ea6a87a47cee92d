import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openQdrantVectors } from '../../src-core/adapters/vectors-qdrant/open-qdrant-vectors.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import { startCli } from '../support/cli.ts';
import {
  assertEqual,
  CATALOG,
  fillDataDir,
  killCopy,
  killCopyInto,
  withStore,
  type CopyDocument,
} from '../support/copies.ts';
import { peakRss } from '../support/proc.ts';
import { printReport, writeJson, type ReportRow } from './report.ts';
import { DIMENSION } from './search-vectors.ts';

const HELP = `npm run bench -- copy [--records 100000]

A catalog of records × 256 numbers is copied from the embedded store to Qdrant (the double of the tests, in a process of
its own; QDRANT_URL: a real one, whose catalog “${CATALOG}” is dropped at the end) and back to another data dir; each way is
killed with SIGKILL half way and run again. Then to a folder and back in one go. Every copy is compared whole at the end.
records/s  copied by the run, of those that it had to copy
passed/s   dealt with by the run, those included that were there already and were compared`;

const DOUBLE = resolve(import.meta.dirname, '../support/qdrant-double/main.ts');

interface Ran {
  what: string;
  copied: number;
  records: number;
  seconds: number;
  peakRss: number;
}

/** How fast a catalog goes to another store and back, and that nothing of it is lost. */
export async function benchCopy(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { records: { type: 'string', default: '100000' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const count = Number(values.records);
  const folder = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  const server = await startServer();
  try {
    const rows = await runAll(folder, server.url, count);
    printReport({ title: `Copying ${count} records`, rows: rows.map(toRow) });
    await writeJson('copy', rows);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(folder: string, url: string, count: number): Promise<Ran[]> {
  const [old, home, restored] = ['old', 'home', 'restored'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const backup = join(folder, 'backup');
  const id = await fillDataDir(old, count, DIMENSION);
  const apiKey = process.env['QDRANT_API_KEY'] ?? null;
  const there = await openQdrantVectors({ url, apiKey, timeoutMs: 30_000, quantization: 'int8', onDisk: false });

  const to = ['--catalog', CATALOG, '--to-qdrant', url];
  const from = ['--catalog', CATALOG, '--from-qdrant', url];
  const rows: Ran[] = [];
  rows.push(await killed('to Qdrant, killed', () => killAtHalf(old, to, there, id, count)));
  rows.push(await copied('to Qdrant, again', old, to, count));
  await withStore(old, (store) => checkAll(store, there, id, count));
  rows.push(await killed('from Qdrant, killed', () => killCopyInto(home, from, Math.floor(count / 2))));
  rows.push(await copied('from Qdrant, again', home, from, count));
  await withStore(old, (one) => withStore(home, (other) => checkAll(one, other, id, count)));
  rows.push(await copied('to a folder', old, ['--catalog', CATALOG, '--to-folder', backup], count));
  rows.push(await copied('from a folder', restored, ['--from-folder', backup], count));
  await withStore(old, (one) => withStore(restored, (other) => checkAll(one, other, id, count)));
  await there.dropCatalog(id);
  return rows;
}

async function checkAll(one: VectorStore, other: VectorStore, id: string, count: number): Promise<void> {
  const equal = await assertEqual(one, other, id);
  if (equal !== count) throw new Error(`${equal} of ${count} records were compared`);
  console.error(`equal: ${equal} records`);
}

async function killAtHalf(
  dataDir: string,
  args: string[],
  there: VectorStore,
  id: string,
  count: number,
): Promise<number> {
  const countThere = async (): Promise<number> => ((await there.catalogs()).length > 0 ? there.count(id) : 0);
  await killCopy(dataDir, args, async () => {
    await sleep(100);
    return (await countThere()) >= count / 2;
  });
  return countThere();
}

async function killed(what: string, run: () => Promise<number>): Promise<Ran> {
  const began = performance.now();
  const copied = await run();
  const ran = { what, copied, records: copied, seconds: (performance.now() - began) / 1_000, peakRss: 0 };
  console.error(ran);
  return ran;
}

async function copied(what: string, dataDir: string, args: readonly string[], count: number): Promise<Ran> {
  const { child, ended } = startCli(dataDir, ['copy', '--json', ...args]);
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, peakRss(child.pid!))), 50);
  const { code, stdout, stderr } = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${what}: ${stdout}${stderr}`);
  const { records, copied, duration_seconds } = JSON.parse(stdout) as CopyDocument;
  if (records !== count) throw new Error(`${what}: ${records} of ${count} records`);
  const ran = { what, copied, records, seconds: duration_seconds, peakRss: peak };
  console.error(ran);
  return ran;
}

function toRow({ what, copied, records, seconds, peakRss }: Ran): ReportRow {
  return {
    what,
    copied,
    seconds: Number(seconds.toFixed(1)),
    'records/s': Math.round(copied / seconds),
    'passed/s': Math.round(records / seconds),
    'peak RSS, MiB': peakRss === 0 ? '' : Math.round(peakRss / 2 ** 20),
  };
}

/** A real server where QDRANT_URL says so, else the double. */
async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env['QDRANT_URL'];
  if (url) return { url, stop: async () => {} };
  const child: ChildProcess = spawn(process.execPath, [DOUBLE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return {
    url: (JSON.parse(line) as { url: string }).url,
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

if (import.meta.main) await benchCopy(process.argv.slice(2));
