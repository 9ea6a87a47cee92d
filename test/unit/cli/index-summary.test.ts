import { expect, it } from 'vitest';
import type { ImportRun, LedgerCounts } from '../../../src-core/domain/import.ts';
import { exitCodeOfIndex } from '../../../src-main/cli/commands/index-pictures.ts';
import { indexDocument, indexSummary } from '../../../src-main/cli/index-summary.ts';
import type { Paint } from '../../../src-main/cli/io.ts';
import { noteOf, type IndexReport } from '../../../src-main/cli/run-index.ts';

const plain: Paint = (_style, text) => text;
const none: LedgerCounts = {
  open: 0,
  indexed: 0,
  skipped: 0,
  updated: 0,
  moved: 0,
  excluded: 0,
  missing: 0,
  failed: 0,
  cancelled: 0,
};

function importRun(id: string, counts: Partial<LedgerCounts>, more: Partial<ImportRun> = {}): ImportRun {
  return {
    id,
    sourceId: 'source',
    catalogId: 'catalog',
    state: 'completed',
    reason: null,
    priority: 'normal',
    manifest: null,
    startedBy: 'cli',
    owner: null,
    ownerUntil: null,
    walked: true,
    createdAt: 0,
    finishedAt: 0,
    counts: { ...none, ...counts },
    errors: {},
    ...more,
  };
}

function report(runs: ImportRun[], more: Partial<IndexReport> = {}): IndexReport {
  return { catalog: 'shop', runs, interrupted: false, goesOn: false, durationMs: 2_000, completedNow: 10, ...more };
}

const failing = importRun('one', { indexed: 10, skipped: 4, failed: 2 }, { errors: { IMAGE_CORRUPT: 2 } });
const other = importRun('two', { indexed: 5, failed: 1 }, { errors: { FILE_EMPTY: 1 } });

it('is one document with the counts of the one import', () => {
  expect(indexDocument(report([failing]))).toEqual({
    import_id: 'one',
    catalog: 'shop',
    discovered: 16,
    open: 0,
    completed: 10,
    skipped: 4,
    updated: 0,
    moved: 0,
    excluded: 0,
    missing: 0,
    failed: 2,
    cancelled: 0,
    duration_seconds: 2,
    images_per_second: 5,
    completed_now: 10,
    interrupted: false,
    errors: { IMAGE_CORRUPT: 2 },
  });
});

it('sums several imports and lists each', () => {
  const document = indexDocument(report([failing, other]));
  expect(document).toMatchObject({
    import_id: null,
    discovered: 22,
    completed: 15,
    failed: 3,
    errors: { IMAGE_CORRUPT: 2, FILE_EMPTY: 1 },
    imports: [
      { import_id: 'one', discovered: 16, errors: { IMAGE_CORRUPT: 2 } },
      { import_id: 'two', discovered: 6, errors: { FILE_EMPTY: 1 } },
    ],
  });
});

it('tells people what was done, what failed and what to do', () => {
  const lines = [
    {
      name: '/p/a\n.jpg',
      outcome: 'failed',
      reason: 'IMAGE_CORRUPT',
      message: 'bad Huffman code',
      taskId: 't',
      bytes: 1,
      at: 0,
    },
  ] as const;
  expect(indexSummary(report([failing]), lines, plain)).toBe(
    [
      '10 pictures indexed in "shop".  (2.0 s, 5.0/s)',
      '16 files found, 4 skipped, 2 failed.',
      '',
      'Failed:',
      String.raw`  IMAGE_CORRUPT  /p/a\u000a.jpg: bad Huffman code`,
      '  … and 1 more',
      '  imagefleet imports one --limit 10000   lists them all',
      '  The same command tries them again.',
      '',
    ].join('\n'),
  );
});

it('says how to resume', () => {
  const stopped = report([importRun('one', { indexed: 3, open: 7 }, { state: 'draining' })], { interrupted: true });
  expect(indexSummary(stopped, [], plain)).toContain(
    'Stopped: 3 pictures indexed in "shop" so far; the same command resumes.',
  );
  expect(indexSummary({ ...stopped, goesOn: true }, [], plain)).toContain(
    'the server goes on, and the same command follows it again',
  );
  expect(indexDocument(stopped)).toMatchObject({ interrupted: true, open: 7, discovered: 10 });
});

it('ends with the exit code that scripts expect', () => {
  const fine = importRun('one', { indexed: 1 });
  expect(exitCodeOfIndex(report([fine]), true)).toBe(0);
  expect(exitCodeOfIndex(report([failing]), false)).toBe(0);
  expect(exitCodeOfIndex(report([fine, failing]), true)).toBe(1);
  expect(exitCodeOfIndex(report([fine, importRun('two', {}, { state: 'cancelled' })]), false)).toBe(1);
  expect(exitCodeOfIndex(report([failing], { interrupted: true }), true)).toBe(130);
});

it.each([
  ['decoding', [], false, 'limited by decoding'],
  ['nothing to do', [], false, null],
  ['not known yet', [], false, null],
  ['no workers', [], false, 'starting'],
  ['no workers', [], true, 'no worker is running: "imagefleet worker" starts some'],
  ['paused', [], false, 'the queue is paused: "imagefleet resume" lets it go on'],
  ['store away', [], false, 'the text'],
  [
    'decoding',
    [importRun('x', {}, { state: 'paused' })],
    false,
    'paused: "imagefleet resume --import x" lets it go on',
  ],
  ['decoding', [importRun('x', {}, { state: 'waiting', reason: 'DISK_FULL' })], false, 'waiting: DISK_FULL'],
] as const)('notes what keeps it: %s', (limit, runs, noFleet, note) => {
  expect(noteOf(runs, { limit, share: 0.5, moreWorkersHelp: null, text: 'the text' }, noFleet)).toBe(note);
});
