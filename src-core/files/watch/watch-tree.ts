import { accessSync, constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { NO_RULES } from '../../domain/import.ts';
import { silentFileSystem } from '../file-system-kind.ts';
import { isPictureFile, isSidecarFile } from '../picture-files.ts';
import { createRules } from '../rules.ts';
import type { Scope } from '../walk.ts';
import type { Events, OpenEvents } from './events.ts';
import { createFolderTree, type Folder } from './folder-tree.ts';
import type { WatchSettings, WatchState } from './options.ts';
import { createMeter, runNow, runPaced, type Steps } from './pace.ts';
import { proveEvents } from './proof.ts';
import { whenQuiet } from './quiet.ts';
import { lookAtTop, type FolderLook } from './read-folder.ts';
import { collectTouched } from './touched.ts';

/** Between two looks at whether the root, and what is mounted below it, is still what it was. */
const ROOT_MS = 1_000;
/** A first look at everything that takes longer goes on while others begin. */
const READY_MS = 2_000;
/** What changed so shortly before watching began may not have been seen by a walk that begins before the first look ends. */
const RECENT_MS = 10_000;
/** After events were subscribed to all is looked at again this soon, then twice as late each time. */
const FIRST_RESCAN_MS = 5_000;
/** While something happens looking may cost so many times more, for so long: more may have been overwritten nearby. */
const ACTIVE_FACTOR = 20;
const ACTIVE_MS = 10_000;
/** Part of the share that goes into looking at the folders' own times alone. */
const PEEK_PART = 1 / 4;

export interface WatchSink {
  onTouched(touched: Scope[]): void;
  onState(state: WatchState): void;
}

export interface Watching {
  touch(folder: string): void;
  /** Nothing is running any more when it resolves. */
  close(): Promise<void>;
}

/**
 * Watches until closed; resolves when the first look at everything is done, or goes on beside. What is told was looked at
 * before it is told, so that whatever happens later differs from what is remembered. A root that cannot be read tells
 * nothing; when it is back, or another lies in its place, all of it is told.
 */
export async function watchTree(settings: WatchSettings, sink: WatchSink, openEvents: OpenEvents): Promise<Watching> {
  const { root, rules: sourceRules = NO_RULES, hidden, defaultExcludes, followLinks } = settings;
  const { mode, quietMs, mostMs, settleMs, rescanMs, leastMs, cpuShare, proofMs } = settings;
  const rules = createRules(root, sourceRules, { hidden, defaults: defaultExcludes });
  const began = Date.now();
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const touched = collectTouched(root);
  const quiet = whenQuiet(quietMs, mostMs, () => inBackground(tell()));
  const proof = proveEvents(proofMs, onUnheard);
  const tree = createFolderTree({
    root,
    followLinks,
    isLeftOut,
    onTouched: noteTouched,
    onAdopted,
    onDropped,
  });

  let events: Events | null = null;
  /** Why events are not relied on. */
  let reason: string | null = null;
  let loops = new AbortController();
  /** Everything was looked at once. */
  let settled = false;
  /** Device and inode of the root; null while it is away. */
  let identity: string | null = null;
  /** Others began to walk. */
  let opened = false;
  let activeUntil = 0;
  let becomesActive = new AbortController();
  /** Folders that events told of, and those of them that are being looked at. */
  let heard = new Set<Folder>();
  let looking: ReadonlySet<Folder> = new Set();
  let lost = false;
  let catchingUp = false;
  let telling = false;
  /** Folders where another drive begins. */
  const mounts = new Set<Folder>();

  function isLeftOut(folder: string): boolean {
    return rules.ofFolder(folder) !== null;
  }

  function inBackground(work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) => {
        if (!closing.signal.aborted && (error as Error).name !== 'AbortError') throw error;
      })
      .finally(() => running.delete(guarded));
    running.add(guarded);
  }

  function isActive(): boolean {
    return performance.now() < activeUntil;
  }

  function stir(): void {
    const rises = !isActive();
    activeUntil = performance.now() + ACTIVE_MS;
    if (rises) {
      becomesActive.abort();
      becomesActive = new AbortController();
    }
    quiet.stir();
  }

  function noteTouched(what: Scope, folder: Folder): void {
    const isToBeHeard = events && !lost && !catchingUp && !heard.has(folder) && !looking.has(folder);
    if (isToBeHeard) proof.found(folder);
    touched.add(what);
    stir();
  }

  function onAdopted(folder: Folder): void {
    if (folder.parent && folder.parent.device !== folder.device) {
      mounts.add(folder);
      inBackground(mindFileSystem(folder.path));
    }
    try {
      events?.watch(folder.path);
    } catch (error) {
      inBackground(dropEvents()); // others share the limit: the few watches that it got are given back
      relyOnLooks(`the system gives no more file watches: ${(error as Error).message}`);
    }
  }

  function onDropped(folder: Folder): void {
    mounts.delete(folder);
    heard.delete(folder);
    events?.unwatch(folder.path);
  }

  async function dropEvents(): Promise<void> {
    const dropped = events;
    events = null;
    await dropped?.close();
  }

  async function reasonAgainst(folder: string): Promise<string | null> {
    const kind = mode === 'auto' ? await silentFileSystem(folder) : null;
    return kind === null ? null : `${folder} lies on ${kind}, which does not tell of every change`;
  }

  async function mindFileSystem(folder: string): Promise<void> {
    const against = await reasonAgainst(folder);
    if (against !== null) relyOnLooks(against);
  }

  function relyOnLooks(why: string): void {
    if (reason !== null) return;
    reason = why;
    sink.onState({ mode: 'polling', reason });
    startLoops();
  }

  function onUnheard({ path }: Folder): void {
    if (mode === 'auto') relyOnLooks(`file events did not tell of a change in ${path}`);
  }

  function hear(path: string, name: string | null, content: boolean): void {
    const { folder, below } = tree.nearest(path);
    if (!folder || (below !== null && isLeftOut(below))) return;
    if (content && name !== null) {
      const child = folder.children.get(join(path, name));
      if (child) heard.add(child);
      else if (!isPictureFile(name) && !isSidecarFile(name)) return;
    }
    proof.heard(folder);
    heard.add(folder);
    stir();
  }

  function onLost(): void {
    lost = true;
    stir();
  }

  /** Looks at what events told of, and tells. Nothing is told while the root is not what it was. */
  async function tell(): Promise<void> {
    if (identity === null) return;
    if (telling || rootIdentity(root) !== identity) {
      quiet.stir();
      return;
    }
    telling = true;
    try {
      looking = heard;
      heard = new Set();
      catchingUp = lost;
      lost = false;
      if (catchingUp) {
        await runNow(tree.lookAtAll(true));
        touched.add({ folder: root, deep: true });
      }
      for (const folder of looking) await runNow(tree.look(folder, true));
    } finally {
      looking = new Set();
      catchingUp = false;
      telling = false;
    }
    if (rootIdentity(root) !== identity) {
      if (identity !== null) quiet.stir();
      return;
    }
    const all = touched.take();
    quiet.forget();
    if (all.length > 0) sink.onTouched(all);
  }

  function startLoops(): void {
    loops.abort();
    loops = new AbortController();
    if (!settled) return;
    const signal = AbortSignal.any([closing.signal, loops.signal]);
    if (reason === null) {
      inBackground(rescan(signal));
    } else {
      inBackground(keepOn(tree.peekAtAll, PEEK_PART, signal));
      // Looks take what is left of the share by all else that this thread does, waking up for it included.
      inBackground(keepOn(tree.lookAtAll, 1, signal, createMeter()));
    }
  }

  async function keepOn(pass: () => Steps, part: number, signal: AbortSignal, meter?: () => number): Promise<void> {
    const share = (): number => Math.min(1, part * cpuShare * (isActive() ? ACTIVE_FACTOR : 1));
    for (;;)
      await runPaced(pass(), { share, leastMs, risen: () => becomesActive.signal, signal, ...(meter && { meter }) });
  }

  /** Events are believed a little more each time that nothing is found that they did not tell. */
  async function rescan(signal: AbortSignal): Promise<void> {
    const pace = { share: () => cpuShare, leastMs: 0, risen: () => signal, signal };
    for (let waitMs = Math.min(FIRST_RESCAN_MS, rescanMs); ; waitMs = Math.min(2 * waitMs, rescanMs)) {
      await sleep(waitMs, undefined, { signal });
      await runPaced(tree.lookAtAll(), pace);
    }
  }

  /** The first look at everything: what it sees is what later looks are compared with. */
  async function arrive(): Promise<void> {
    reason = mode === 'polling' ? 'it was asked for' : await reasonAgainst(root);
    if (followLinks && process.platform !== 'linux')
      reason ??= 'links are followed, and file events do not follow them';
    if (reason === null) {
      try {
        events = await openEvents(root, { hear, lost: onLost });
      } catch (error) {
        reason = `file events are not to be had: ${(error as Error).message}`;
      }
    }
    sink.onState({ mode: reason === null ? 'events' : 'polling', reason });
    await runNow(tree.adoptAll(onFirstLook));
    settled = true;
    startLoops();
  }

  function onFirstLook({ path }: Folder, { newest }: FolderLook): void {
    if (!opened || newest < began - RECENT_MS) return;
    touched.add({ folder: path, deep: false });
    stir();
  }

  async function leave(): Promise<void> {
    identity = null;
    settled = false;
    loops.abort();
    quiet.forget();
    proof.forget();
    tree.clear();
    heard.clear();
    touched.take();
    await dropEvents();
  }

  async function mindRoot(): Promise<void> {
    for (;;) {
      await sleep(ROOT_MS, undefined, { signal: closing.signal });
      for (const mount of mounts) {
        if (!tree.hasChanged(mount)) continue;
        heard.add(mount);
        stir();
      }
      const now = rootIdentity(root);
      if (now === identity) continue;
      if (identity !== null) await leave();
      if (now === null) continue;
      identity = now;
      await arrive();
      touched.add({ folder: root, deep: true });
      stir();
    }
  }

  async function touchLater(folder: string): Promise<void> {
    await sleep(settleMs, undefined, { signal: closing.signal });
    touched.add({ folder, deep: false });
    stir();
  }

  identity = rootIdentity(root);
  const arrival = identity === null ? Promise.resolve() : arrive();
  inBackground(arrival.then(mindRoot));
  const enough = new AbortController();
  await Promise.race([arrival, sleep(READY_MS, undefined, { signal: enough.signal }).catch(() => {})]);
  enough.abort();
  opened = true;

  return {
    touch: (folder) => inBackground(touchLater(folder)),
    async close() {
      closing.abort();
      await Promise.all(running);
      quiet.forget();
      proof.forget();
      await dropEvents();
    },
  };
}

/** Null when it cannot be read. */
function rootIdentity(root: string): string | null {
  const top = lookAtTop(root);
  if (typeof top === 'string') return null;
  try {
    accessSync(root, constants.R_OK | constants.X_OK);
    return top.identity;
  } catch {
    return null;
  }
}
