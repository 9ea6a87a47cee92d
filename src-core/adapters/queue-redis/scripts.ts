import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../domain/app-error.ts';
import { scriptOf, type Script } from './evaluate.ts';

const TASKS = ['base', 'gather', 'lines', 'leases', 'tasks'] as const;
const STALLS = [...TASKS, 'due', 'stalls'] as const;

/** Each script is `front`, a quick way through the common case for some, then the files named here, then its own. */
const PARTS = {
  enqueue: [...TASKS, 'enqueue-one'],
  claim: [...STALLS, 'visible', 'choose'],
  extend: STALLS,
  settle: [...STALLS, 'visible', 'sight'],
  reclaim: STALLS,
  maintain: [...STALLS, 'visible', 'sight'],
  look: [...TASKS, 'due', 'visible', 'choose'],
  heartbeat: STALLS,
  'forget-worker': STALLS,
  workers: ['base'],
  attach: ['base'],
  stats: [...TASKS, 'minutes'],
  history: ['base', 'minutes'],
  events: ['base'],
  scan: [...TASKS, 'filter'],
  pick: [...TASKS, 'filter'],
  read: ['base'],
  change: [...TASKS, 'filter', 'retry-one'],
  correct: [...TASKS, 'retry-one'],
  pause: TASKS,
  'plain-intake': [...TASKS, 'enqueue-one'],
} as const satisfies Record<string, readonly string[]>;

/** Those that have a `quick-<name>.lua` in front of them. */
const QUICK: ReadonlySet<string> = new Set(['enqueue', 'claim', 'settle', 'maintain', 'look']);

export type ScriptName = keyof typeof PARTS;

/** Beside this file in the source tree; in `lua` beside or above the chunk that this is bundled into. */
function folder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, 'lua'), join(here, '..', 'lua')].find((path) => existsSync(join(path, 'base.lua')));
  if (found === undefined) throw new AppError('INTERNAL', `the queue's Lua scripts are not beside ${here}`);
  return found;
}

/** All scripts, read once for each queue that is opened. */
export function loadScripts(): Record<ScriptName, Script> {
  const path = folder();
  const part = (name: string): string => readFileSync(join(path, `${name}.lua`), 'utf8');
  const scripts = Object.entries(PARTS).map(([name, parts]) => {
    const before = QUICK.has(name) ? ['front', `quick-${name}`] : ['front'];
    return [name, scriptOf([...before, ...parts, name].map(part).join('\n'))] as const;
  });
  return Object.fromEntries(scripts) as Record<ScriptName, Script>;
}
