import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSqliteVectors } from '../../src-core/adapters/vectors-sqlite/open-sqlite-vectors.ts';
import { openDataDir } from '../../src-core/settings/data-dir.ts';
import { startCli } from '../support/cli.ts';
import { makePictures, picture } from '../support/pictures.ts';
import { childrenOf, cpuTimeMs } from '../support/proc.ts';
import { printReport, writeJson } from './report.ts';

const HELP = `npm run bench -- watch [--pictures 3000] [--idle 60] [--mode events|polling]

"index --watch" on a folder, once by file events and once by looking alone. 500 files are written, overwritten, moved
and deleted in a burst.
right after   from the last change until the catalog is as the folder is (limit 5 s)
idle CPU      of the command and its workers while nothing happens, over the time given (limit 0.5 % of a core)`;

/** Of the burst: so many are written anew, overwritten, moved and deleted. */
const EACH = 125;
const LIMIT_MS = 5_000;
const GIVE_UP_MS = 600_000;
/** Workers rest after 30 s without work. */
const SETTLE_MS = 40_000;

/** How long a watched folder takes to be right, and what watching costs. */
export async function benchWatch(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      pictures: { type: 'string', default: '3000' },
      idle: { type: 'string', default: '60' },
      mode: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const rows = [];
  for (const mode of ['events', 'polling'] as const) {
    if (values.mode !== undefined && values.mode !== mode) continue;
    rows.push(await watchOnce(mode, Number(values.pictures), Number(values.idle) * 1_000));
  }
  printReport({ title: 'Watching a folder', rows });
  await writeJson('watch', rows);
}

async function watchOnce(mode: 'events' | 'polling', count: number, idleMs: number) {
  const folder = await mkdtemp(join(tmpdir(), 'imagefleet-bench-'));
  const root = join(folder, 'pictures');
  const dataDir = join(folder, 'data');
  try {
    const paths = await makePictures(root, count);
    const cli = startCli(dataDir, ['index', root, '--watch', '--set', `imports.watch=${mode}`]);
    const isRight = await catalogOf(dataDir);
    try {
      await until(() => isRight(paths));
      const changed = await burst(root, paths);
      const began = performance.now();
      await until(() => isRight(changed));
      const rightAfterMs = performance.now() - began;
      await sleep(SETTLE_MS);
      const before = cpuOf(cli.child.pid!);
      await sleep(idleMs);
      const idleCpu = (cpuOf(cli.child.pid!) - before) / idleMs;
      return {
        mode,
        pictures: count,
        'right after': `${(rightAfterMs / 1_000).toFixed(1)} s`,
        'of limit': Number((rightAfterMs / LIMIT_MS).toFixed(2)),
        'idle CPU': `${(idleCpu * 100).toFixed(2)} %`,
      };
    } finally {
      cli.child.kill('SIGINT');
      await cli.ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Answers the paths that are there afterwards. */
async function burst(root: string, paths: readonly string[]): Promise<string[]> {
  const [deleted, moved, overwritten, kept] = [0, 1, 2, 3].map((part) =>
    part < 3 ? paths.slice(part * EACH, (part + 1) * EACH) : paths.slice(3 * EACH),
  ) as [string[], string[], string[], string[]];
  const there = [...kept, ...overwritten];
  for (let n = 0; n < EACH; n++) {
    await rm(deleted[n]!);
    const to = join(dirname(kept[n % kept.length]!), `moved-${basename(moved[n]!)}`);
    await rename(moved[n]!, to);
    await writeFile(overwritten[n]!, await picture(1_000_000 + n));
    const fresh = join(root, `new-${n}.png`);
    await writeFile(fresh, await picture(2_000_000 + n));
    there.push(to, fresh);
  }
  return there;
}

/** Whether the catalog holds just these files, each with the size that it has. */
async function catalogOf(dataDir: string): Promise<(paths: readonly string[]) => Promise<boolean>> {
  const { vectors } = await openDataDir(dataDir, {});
  return async (paths) => {
    const store = await openSqliteVectors({ path: vectors });
    try {
      const [catalog] = await store.catalogs();
      if (!catalog || (await store.count(catalog.id, [{ field: 'missingSince', exists: false }])) !== paths.length) {
        return false;
      }
      const sizes = new Map<string, number>();
      for (let after = '', more = true; more;) {
        const page = await store.scroll(catalog.id, 1_000, after, [{ field: 'missingSince', exists: false }]);
        for (const { record } of page) sizes.set(record.path, record.bytes);
        after = page.at(-1)?.record.imageId ?? '';
        more = page.length === 1_000;
      }
      for (const path of paths) if (sizes.get(path) !== (await readFile(path)).length) return false;
      return true;
    } finally {
      await store.close();
    }
  };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (!(await condition())) {
    if (performance.now() > giveUpAt) throw new Error('the catalog did not become what the folder is');
    await sleep(100);
  }
}

/** CPU time of a process and its children so far, in ms. */
function cpuOf(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuTimeMs(each), 0);
}
