import { pagesOf } from '../../../src-core/domain/pages.ts';
import type { ImageRecord } from '../../../src-core/domain/image-record.ts';
import type { KnownFile } from '../../../src-core/ports/import-log.ts';
import { mapBounded } from './bounded.ts';
import { countFailed, excuseOf, idOf, LOOKS, PAGE, READS, recordsOf, viewOf, type Context } from './context.ts';
import type { Difference } from './difference.ts';
import { hashFile } from './hash-file.ts';
import { UNREAD, type Finding, type Repair } from './repair.ts';
import { lookAtPicture, type FileState, type SourceView } from './source-view.ts';

/** A known file with its record and what is at its path now. */
interface Case {
  known: KnownFile;
  imageId: string;
  view: SourceView | null;
  file: FileState;
}

/** Compares every known file with its record and with what is on disk. */
export async function* verifyKnown(context: Context): AsyncGenerator<Finding[]> {
  const { log, catalog, under, signal } = context;
  const which = under === null ? {} : { under };
  for await (const files of pagesOf((cursor) => log.known(catalog.id, which, PAGE, cursor))) {
    signal.throwIfAborted();
    context.counts.known += files.length;
    yield verifyPage(context, files);
  }
}

async function verifyPage(context: Context, files: readonly KnownFile[]): Promise<Finding[]> {
  const records = await recordsOf(
    context,
    files.map(({ sourceId, name }) => idOf(context, sourceId, name)),
  );
  const cases = await mapBounded(files, LOOKS, async (known): Promise<Case> => {
    const view = viewOf(context, known.sourceId);
    const imageId = idOf(context, known.sourceId, known.name);
    return { known, imageId, view, file: await lookAtPicture(view, known.name, known.path) };
  });
  const findings = await mapBounded(cases, READS, async (each) => {
    const record = records.get(each.imageId);
    return record ? compare(context, each, record) : withoutRecord(context, each);
  });
  return findings.filter(({ differences, repair }) => differences.length > 0 || repair.resize);
}

const NOTHING: Finding = { differences: [], repair: {} };

async function withoutRecord(context: Context, each: Case): Promise<Finding> {
  const { known, imageId, view, file } = each;
  const { name, path } = known;
  // Its record is there, under another id: that is told of already.
  if (context.misfiled.has(name)) return NOTHING;
  const difference: Difference = {
    kind: 'no-record',
    path,
    imageId,
    message: 'it is known as indexed, but its record is not in the store',
    details: {},
    todo: null,
  };
  if (view && file.is === 'there') {
    if (await excuseOf(context, view, name, file)) return NOTHING;
    const remember = { ...known, imageId, model: UNREAD };
    return { differences: [difference], repair: { remember, importOf: view.source.id } };
  }
  if (file.is !== 'unknown') return { differences: [difference], repair: { forget: name } };
  return { differences: [{ ...difference, todo: 'verify again when its source can be read' }], repair: {} };
}

async function compare(context: Context, each: Case, record: ImageRecord): Promise<Finding> {
  const { known, imageId, view, file } = each;
  const { path } = known;
  let differences: Difference[] = [];
  function tell(kind: Difference['kind'], message: string, details: Difference['details'], todo: string | null = null) {
    differences.push({ kind, path, imageId, message, details, todo });
  }

  const disagreement = disagreementOf(context, each, record);
  if (disagreement) tell('disagree', textOf(disagreement, 'known', 'record'), disagreement);
  if (record.model !== context.catalog.model) {
    const todo = file.is === 'there' ? null : 'bring its file back, or take the picture out ("imagefleet prune")';
    tell(
      'other-model',
      `its vector is of ${record.model}, not ${context.catalog.model}`,
      { model: record.model },
      todo,
    );
  }
  const change = disagreement?.bytes || disagreement?.mtimeMs ? null : changeOf(context, file, record);
  if (change) tell('changed', textOf(change, 'record', 'file'), change);

  const repair: Repair = {};
  const next = { ...known, imageId };
  if (view && file.is === 'there' && differences.length > 0) {
    const excuse = await excuseOf(context, view, known.name, file);
    // A file that cannot be read as it is: its record holds, and a row that waits to be read is as it should be.
    const holds = excuse === 'failed';
    const stays = ({ kind }: Difference) => kind === 'disagree' && !(holds && known.model === UNREAD);
    if (excuse) differences = differences.filter(stays);
    if (differences.length > 0 && holds) Object.assign(next, factsOf(record));
    else if (differences.length > 0) {
      repair.importOf = view.source.id;
      if (disagreement || record.model !== context.catalog.model) next.model = UNREAD;
    }
    if (record.bytes !== file.bytes && !holds) repair.resize = { record, path, bytes: file.bytes };
  } else if (disagreement) {
    Object.assign(next, factsOf(record));
  }
  if (context.deep && differences.length === 0) await compareBytes();
  compareMarks();
  if (file.is === 'left-out' && view)
    tell('left-out', `left out by "${file.rule}"`, { rule: file.rule }, todoOf(view, file.rule));
  if (!view) compareSources();
  if (differences.length > 0) repair.remember = next;
  return { differences, repair };

  async function compareBytes(): Promise<void> {
    if (file.is !== 'there' || file.placeholder || !view) return;
    const contentHash = await hashFile(path, context.signal);
    if (contentHash === null) return countFailed(context, 'FILE_UNREADABLE');
    if (contentHash === record.contentHash) return;
    const now = await lookAtPicture(view, known.name, path);
    if (now.is !== 'there' || changeOf(context, now, record)) return; // it was written meanwhile
    tell('other-bytes', 'its bytes are others than those of its record', {
      record: record.contentHash,
      file: contentHash,
    });
    repair.importOf = view.source.id;
    next.model = UNREAD;
  }

  function compareMarks(): void {
    const marked = [known.missingSince, record.missingSince].filter((since) => since !== null);
    if (file.is === 'there' && view?.source.kind === 'folder' && marked.length > 0) {
      tell('back', 'it is marked as missing and is there', { known: known.missingSince, record: record.missingSince });
      next.missingSince = null;
    } else if (file.is === 'gone' && marked.length < 2) {
      tell('gone', 'its file is gone', { known: known.missingSince, record: record.missingSince });
      next.missingSince = marked[0] ?? Date.now();
    } else return;
    repair.patch = { imageId, patch: { missingSince: next.missingSince } };
  }

  function compareSources(): void {
    if (record.sourceId === null || !viewOf(context, record.sourceId)) return;
    tell('no-source', `its source ${known.sourceId} does not exist`, { sourceId: known.sourceId });
    next.sourceId = record.sourceId;
  }
}

/** Two values of each thing that differs. */
type Pairs = Record<string, [unknown, unknown]>;

function disagreementOf({ catalog }: Context, { known, imageId, file }: Case, record: ImageRecord): Pairs | null {
  const pairs: Pairs = {};
  if (known.imageId !== imageId) pairs.imageId = [known.imageId, imageId];
  for (const field of ['bytes', 'mtimeMs', 'contentHash'] as const) {
    if (known[field] !== record[field]) pairs[field] = [known[field], record[field]];
  }
  if (known.model !== record.model && record.model === catalog.model) pairs.model = [known.model, record.model];
  // Where the file can be seen, it says which mark is right.
  const isSeen = file.is === 'there' || file.is === 'gone';
  if (!isSeen && (known.missingSince === null) !== (record.missingSince === null)) {
    pairs.missingSince = [known.missingSince, record.missingSince];
  }
  return Object.keys(pairs).length > 0 ? pairs : null;
}

/** What of a file differs from its record. A file whose bytes lie in a cloud is not fetched, so it changes nothing. */
function changeOf({ settings }: Context, file: FileState, record: ImageRecord): Pairs | null {
  if (file.is !== 'there' || (file.placeholder && !settings.imports.placeholders)) return null;
  const pairs: Pairs = {};
  if (record.bytes !== file.bytes) pairs.bytes = [record.bytes, file.bytes];
  if (record.mtimeMs !== file.mtimeMs) pairs.mtimeMs = [record.mtimeMs, file.mtimeMs];
  return Object.keys(pairs).length > 0 ? pairs : null;
}

function textOf(pairs: Pairs, one: string, other: string): string {
  return Object.entries(pairs)
    .map(([field, [a, b]]) => `${field}: ${one} ${String(a)}, ${other} ${String(b)}`)
    .join('; ');
}

function factsOf({ bytes, mtimeMs, contentHash, model, missingSince }: ImageRecord) {
  return { bytes, mtimeMs, contentHash, model, missingSince };
}

/** Giving a source a rule that it has takes out what its rules leave out. */
function todoOf({ source }: SourceView, rule: string): string {
  const pattern = rule.replace(/^(default|exclude): /, '');
  const options =
    rule === 'not included'
      ? source.rules.include.map((include) => `--include '${include}'`).join(' ')
      : `--exclude '${rule === 'hidden' ? '.*' : pattern}'`;
  return `imagefleet sources rules "${source.path}" ${options}`;
}
