import { z } from 'zod';
import { errorCode } from './app-error.ts';
import { manifestColumns } from './manifest-columns.ts';
import { naming } from './naming.ts';
import { taskPriority } from './task.ts';

/**
 * Which files of a source are wanted, as glob patterns: one without a slash is of a name anywhere, one with is of a path
 * below the root. `include` empty: all. What the program leaves out by itself is not listed here.
 */
export const sourceRules = z.strictObject({
  include: z.array(z.string().min(1).max(1_000)).max(1_000),
  exclude: z.array(z.string().min(1).max(1_000)).max(1_000),
});
export type SourceRules = z.infer<typeof sourceRules>;

export const NO_RULES: SourceRules = { include: [], exclude: [] };

/** Rules with more of them; each once. */
export function rulesWith(rules: SourceRules, more: SourceRules): SourceRules {
  return {
    include: [...new Set([...rules.include, ...more.include])],
    exclude: [...new Set([...rules.exclude, ...more.exclude])],
  };
}

/** A folder, one file or a manifest that is imported from; one per root and catalog. */
export const source = z.object({
  id: z.uuid(),
  catalogId: z.uuid(),
  /** `folder` is a single file too. */
  kind: z.enum(['folder', 'manifest']),
  /** Canonical name of the folder, file or manifest. */
  root: z.string(),
  /** The root as this machine opens it: its spelling may differ from the canonical one. */
  path: z.string(),
  rules: sourceRules,
  /** How a manifest of it is read. */
  columns: manifestColumns,
  /** Whoever serves this data dir takes its changes in as they happen. */
  watch: z.boolean(),
  /** How its files are named in the store; as it was when the source was made. */
  naming,
  /** Folders below the root, as this machine opens them, where another drive was mounted when they were last walked. */
  mounts: z.array(z.string()),
  createdAt: z.number(),
});
export type Source = z.infer<typeof source>;

/**
 * One run over a source. `walking`: the file list is being read, tasks run already. `draining`: all files are known,
 * tasks still open. `waiting`: trouble that is nobody's fault, `reason` says which; it goes on by itself.
 */
export const importState = z.enum(['walking', 'draining', 'paused', 'waiting', 'completed', 'cancelled', 'failed']);
export type ImportState = z.infer<typeof importState>;

export function isFinished(state: ImportState): boolean {
  return state === 'completed' || state === 'cancelled' || state === 'failed';
}

/** What became of one file. `open`: its task is waiting, delayed or active. */
export const LEDGER_OUTCOMES = [
  'open',
  'indexed',
  'skipped',
  'updated',
  'moved',
  'excluded',
  'missing',
  'failed',
  'cancelled',
] as const;
export const ledgerOutcome = z.enum(LEDGER_OUTCOMES);
export type LedgerOutcome = z.infer<typeof ledgerOutcome>;

/** One line per file found and import. */
export const ledgerLine = z.object({
  name: z.string(),
  outcome: ledgerOutcome,
  /** The rule for `skipped` and `excluded`, the error code for `failed`, the old name for `moved`. */
  reason: z.string().nullable(),
  message: z.string().nullable(),
  taskId: z.string().nullable(),
  bytes: z.number().nullable(),
  at: z.number(),
});
export type LedgerLine = z.infer<typeof ledgerLine>;

export const ledgerCounts = z.record(ledgerOutcome, z.number().int());
export type LedgerCounts = z.infer<typeof ledgerCounts>;

/** Every file found is counted once: discovered is the sum of all outcomes. */
export function discovered(counts: LedgerCounts): number {
  return LEDGER_OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** Who began an import; `watch`: a change in its folder. */
export const importStarter = z.enum(['console', 'cli', 'api', 'watch']);
export type ImportStarter = z.infer<typeof importStarter>;

export const importRun = z.object({
  id: z.uuid(),
  sourceId: z.uuid(),
  catalogId: z.uuid(),
  state: importState,
  reason: z.string().nullable(),
  priority: taskPriority,
  /** Path of the manifest that gives facts for the files of a folder; null without one. */
  manifest: z.string().nullable(),
  /** Null: it is not known, of one that was begun by an older version. */
  startedBy: importStarter.nullable(),
  /** Process that drives it, and until when its claim on it holds; another may take it over afterwards. */
  owner: z.string().nullable(),
  ownerUntil: z.number().nullable(),
  /** False until the walk has ended once: only then may `missing` be told. */
  walked: z.boolean(),
  createdAt: z.number(),
  finishedAt: z.number().nullable(),
  counts: ledgerCounts,
  errors: z.partialRecord(errorCode, z.number().int()),
});
export type ImportRun = z.infer<typeof importRun>;
