import { dirname } from 'node:path';
import { toAppError } from '../../../src-core/domain/app-error.ts';
import { canonicalName, isUnder } from '../../../src-core/domain/identity.ts';
import type { ImportRun, Source } from '../../../src-core/domain/import.ts';
import { isInside } from '../../../src-core/files/is-inside.ts';
import { holdsFiles, isEmptyFolder, lookAtNamed, lookAtRoot } from '../../../src-core/files/look.ts';
import { checkManifest } from '../../../src-core/files/manifest.ts';
import { isUnmounted } from '../../../src-core/files/mounts.ts';
import type { Rules } from '../../../src-core/files/rules.ts';
import type { ImportLog } from '../../../src-core/ports/import-log.ts';
import type { Settings } from '../../../src-core/settings/schema.ts';
import { emptied } from '../imports/missing.ts';
import { rulesOf } from '../imports/rules-of.ts';

/** A source as it can be seen now. */
export interface SourceView {
  source: Source;
  rules: Rules;
  /** Its imports, newest first, as far back as lines are kept. */
  runs: readonly ImportRun[];
  /** Why nothing can be said of its files now; null when they can be seen. */
  away: string | null;
  /** Canonical names of folders in it whose drive is away. */
  drivesAway: readonly string[];
}

/** What is at a path. `unknown`: it cannot be told, which is no reason to call a file gone. */
export type FileState =
  | { is: 'there'; bytes: number; mtimeMs: number; inode: number; placeholder: boolean }
  | { is: 'left-out'; rule: string }
  | { is: 'gone' }
  | { is: 'unknown' };

export async function viewSource(
  source: Source,
  runs: readonly ImportRun[],
  log: Pick<ImportLog, 'known'>,
  settings: Pick<Settings, 'imports'>,
): Promise<SourceView> {
  const drivesAway: string[] = [];
  for (const mount of source.mounts) if (await isUnmounted(mount)) drivesAway.push(mount);
  return {
    source,
    rules: rulesOf(source, settings),
    runs,
    away: await whyAway(source, drivesAway, log),
    drivesAway: drivesAway.map((mount) => canonicalName(mount)),
  };
}

async function whyAway(
  { path, root, catalogId, kind, columns }: Source,
  drivesAway: readonly string[],
  log: Pick<ImportLog, 'known'>,
): Promise<string | null> {
  if (drivesAway.includes(path)) return `${path} was a mounted drive and is none now`;
  try {
    await lookAtRoot(path);
    if (kind === 'manifest') await checkManifest(path, columns);
    if (!(await isEmptyFolder(path))) return null;
  } catch (error) {
    return toAppError(error).message;
  }
  const { items } = await log.known(catalogId, { under: root, missing: false }, 1);
  return items.length > 0 ? emptied({ path }).message : null;
}

/** What is at the path of a picture that came from this source; `view` is null where that source does not exist. */
export async function lookAtPicture(view: SourceView | null, name: string, path: string): Promise<FileState> {
  if (!view || view.away !== null || view.drivesAway.some((folder) => isUnder(name, folder))) return { is: 'unknown' };
  const found = await lookAtNamed(path, null);
  if (found.kind === 'file') {
    const rule = leftOutBy(view, path);
    if (rule !== null) return { is: 'left-out', rule };
    const { bytes, mtimeMs, inode, placeholder } = found;
    return { is: 'there', bytes, mtimeMs, inode, placeholder };
  }
  const gone = found.kind === 'failed' && found.code === 'FILE_NOT_FOUND' && (await isReadable(view, path));
  return { is: gone ? 'gone' : 'unknown' };
}

/** The rule that leaves a file out, or null. The lines of a manifest are its rules, and a file that is a source is wanted. */
export function leftOutBy({ source, rules }: SourceView, path: string): string | null {
  const { kind, path: root } = source;
  return kind === 'folder' && path !== root && isInside(root, path) ? rules.ofAny(path) : null;
}

/**
 * Whether a file that was not found is gone: its drive may have gone away since the source was looked at. The files of a
 * manifest may lie anywhere, so there their own folder is looked at.
 */
async function isReadable({ source }: SourceView, path: string): Promise<boolean> {
  return holdsFiles(source.kind === 'folder' ? source.path : dirname(path));
}
