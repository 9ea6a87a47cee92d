import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { imageIdOf } from '../../src-core/domain/identity.ts';
import type { ImageRecord } from '../../src-core/domain/image-record.ts';
import { discovered, LEDGER_OUTCOMES, type LedgerLine } from '../../src-core/domain/import.ts';
import type { ImportLog, KnownFile } from '../../src-core/ports/import-log.ts';
import type { VectorStore } from '../../src-core/ports/vector-store.ts';
import type { Listing, Picture } from './listing.ts';

/** What a catalog held, by canonical name. */
export type Held = Map<string, ImageRecord>;

export interface CheckRequest {
  log: ImportLog;
  store: VectorStore;
  catalogId: string;
  /** The import that has just ended. */
  importId: string;
  listing: Listing;
  /** The catalog at the check before; what left it by a question since is not in it. */
  before: Held;
  /** What else is said of files, by name: by a manifest, or by sidecars that are gone. */
  facts?: ReadonlyMap<string, Partial<ImageRecord>>;
  /** Folders whose drive is away: their pictures must be as they were. */
  away?: readonly string[];
  /**
   * A host of this import died: a file that it gave a task may be known as a renamed one by the next, and count as
   * indexed; one that it knew as renamed may count as skipped.
   */
  killed: boolean;
  /** Lines of the ledger that are no file's: those of the manifest's own mistakes, of drives that are away. */
  moreLines?: readonly string[];
}

/** Compares folder, ledger, known files and store; answers every difference in words, and the catalog as it is now. */
export async function checkMonth(request: CheckRequest): Promise<{ problems: string[]; held: Held }> {
  const { log, store, catalogId, importId, listing, before, facts = new Map<string, Partial<ImageRecord>>() } = request;
  const problems: string[] = [];
  const held = await heldNow(store, catalogId, problems);
  const known = await knownNow(log, catalogId);
  const lines = await linesOf(log, importId);

  for (const [name, picture] of listing.pictures) {
    problems.push(...recordProblems(name, picture, held.get(name)), ...knownProblems(name, picture, known.get(name)));
    const title = listing.titles.get(name);
    for (const [field, value] of Object.entries({ ...facts.get(name), ...(title !== undefined && { title }) })) {
      const found = held.get(name)?.[field as keyof ImageRecord];
      if (JSON.stringify(found) !== JSON.stringify(value)) {
        problems.push(`${name}: ${field} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`);
      }
    }
  }
  for (const [name, record] of held) {
    if (record.imageId !== imageIdOf(catalogId, name)) problems.push(`${name}: its id is another name's`);
    if (listing.pictures.has(name)) continue;
    if (isAway(request, name)) problems.push(...asItWas(name, record, before.get(name)));
    else if (listing.isRuledOut(name)) problems.push(`${name}: is ruled out, but has a record`);
    else if (!before.has(name)) problems.push(`${name}: a ghost, it never was in the folder at a check`);
    else if (record.missingSince === null) problems.push(`${name}: is gone and not marked`);
  }
  for (const name of known.keys()) if (!held.has(name)) problems.push(`${name}: is known and has no record`);
  for (const name of held.keys()) if (!known.has(name)) problems.push(`${name}: has a record and is not known`);
  for (const [name, { missingSince }] of known) {
    if ((missingSince === null) !== ((held.get(name)?.missingSince ?? null) === null)) {
      problems.push(`${name}: store and log differ on whether it is missing`);
    }
  }
  problems.push(...moveProblems(request, held, lines), ...lineProblems(request, held, lines));
  problems.push(...(await countProblems(log, importId, lines)));
  return { problems, held };
}

function isAway({ away = [] }: CheckRequest, name: string): boolean {
  return away.some((folder) => name.startsWith(`${folder}/`));
}

function asItWas(name: string, record: ImageRecord, before: ImageRecord | undefined): string[] {
  return isDeepStrictEqual(record, before) ? [] : [`${name}: its drive is away, and yet its record changed`];
}

function recordProblems(name: string, picture: Picture, record: ImageRecord | undefined): string[] {
  if (!record) return [`${name}: no record`];
  const wanted = { ...picture, fileName: basename(name), missingSince: null };
  return Object.entries(wanted).flatMap(([field, value]) => {
    const found = record[field as keyof typeof wanted];
    return found === value ? [] : [`${name}: record.${field} is ${found}, not ${value}`];
  });
}

function knownProblems(name: string, picture: Picture, known: KnownFile | undefined): string[] {
  if (!known) return [`${name}: not known`];
  return Object.entries({ ...picture, missingSince: null }).flatMap(([field, value]) => {
    const found = known[field as keyof Picture | 'missingSince'];
    return found === value ? [] : [`${name}: known ${field} is ${found}, not ${value}`];
  });
}

/**
 * Files whose name is gone, against new ones with the same bytes: each missing file moves to one new place at most. A
 * file that was renamed away before another took its name (`displaced`) may count as moved, or as new.
 */
function moveProblems(request: CheckRequest, held: Held, lines: ReadonlyMap<string, LedgerLine>): string[] {
  const { listing, before, killed } = request;
  const near = [...before.keys()].filter((name) => !isAway(request, name));
  const by = (name: string): string => before.get(name)?.contentHash ?? '';
  const hashNow = (name: string): string | undefined => listing.pictures.get(name)?.contentHash;
  const gone = Map.groupBy(
    near.filter((name) => hashNow(name) === undefined),
    by,
  );
  const displaced = Map.groupBy(
    near.filter((name) => hashNow(name) !== undefined && hashNow(name) !== by(name)),
    by,
  );
  const arrived = Map.groupBy(
    [...listing.pictures.values()].filter(({ path, contentHash }) => by(path) !== contentHash),
    ({ contentHash }) => contentHash,
  );
  return [...new Set([...gone.keys(), ...arrived.keys()])].flatMap((hash) => {
    const [g, a, d] = [gone.get(hash) ?? [], arrived.get(hash) ?? [], displaced.get(hash)?.length ?? 0];
    const missing = g.filter((name) => held.has(name)).length;
    const moved = a.filter(({ path }) => lines.get(path)?.outcome === 'moved').length;
    const least = Math.max(0, g.length - a.length);
    const most = Math.min(g.length, least + d);
    const problems = [];
    if (missing < least || missing > most) problems.push(`${missing} missing, not ${least} to ${most}`);
    const others = moved - (g.length - missing);
    if ((others < 0 && !killed) || others > d)
      problems.push(`${moved} moved while ${g.length - missing} of the gone were found`);
    return problems.map((problem) => `${[...g, '→', ...a.map(({ path }) => path)].join(' ')}: ${problem}`);
  });
}

/** Exactly one line for every file found, and one for each that is newly missing. */
function lineProblems(
  { listing, before, killed, moreLines = [] }: CheckRequest,
  held: Held,
  lines: ReadonlyMap<string, LedgerLine>,
): string[] {
  const wanted = new Map<string, string[]>();
  for (const name of listing.others) wanted.set(name, ['excluded']);
  for (const [name, { contentHash }] of listing.pictures) {
    const same = before.get(name)?.contentHash === contentHash;
    wanted.set(name, same ? ['skipped', 'updated'] : ['indexed', 'moved', ...(killed ? ['skipped'] : [])]);
  }
  for (const [name, { missingSince }] of held) {
    if (!listing.pictures.has(name) && missingSince !== null && before.get(name)?.missingSince === null) {
      wanted.set(name, ['missing']);
    }
  }
  for (const name of moreLines) wanted.set(name, ['failed']);
  const wrong = [...wanted].flatMap(([name, outcomes]) => {
    const line = lines.get(name);
    if (!line) return [`${name}: no line, ${outcomes.join(' or ')} was expected`];
    return outcomes.includes(line.outcome)
      ? []
      : [`${name}: ${line.outcome} ${line.reason ?? ''}, not ${outcomes.join(' or ')}`];
  });
  const surplus = [...lines.values()].filter(({ name }) => !wanted.has(name));
  return [...wrong, ...surplus.map(({ name, outcome }) => `${name}: a line (${outcome}), but no such file was found`)];
}

async function countProblems(log: ImportLog, importId: string, lines: ReadonlyMap<string, LedgerLine>) {
  const run = await log.getImport(importId);
  if (!run) return [`there is no import ${importId}`];
  const counted = Map.groupBy(lines.values(), ({ outcome }) => outcome);
  return [
    ...(run.state === 'completed' ? [] : [`the import is ${run.state}`]),
    ...(discovered(run.counts) === lines.size ? [] : [`discovered ${discovered(run.counts)}, lines ${lines.size}`]),
    ...LEDGER_OUTCOMES.flatMap((outcome) => {
      const n = counted.get(outcome)?.length ?? 0;
      return run.counts[outcome] === n ? [] : [`${outcome}: kept ${run.counts[outcome]}, counted ${n}`];
    }),
  ];
}

async function heldNow(store: VectorStore, catalogId: string, problems: string[]): Promise<Held> {
  const held: Held = new Map();
  for (let after: string | undefined; ;) {
    const page = await store.scroll(catalogId, 1_000, after);
    for (const { record } of page) {
      if (held.has(record.canonicalName)) problems.push(`${record.canonicalName}: two records`);
      held.set(record.canonicalName, record);
    }
    after = page.at(-1)?.record.imageId;
    if (after === undefined) return held;
  }
}

async function knownNow(log: ImportLog, catalogId: string): Promise<Map<string, KnownFile>> {
  const files = new Map<string, KnownFile>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: KnownFile[]; next: string | null } = await log.known(catalogId, {}, 10_000, cursor);
    for (const file of page.items) files.set(file.name, file);
    cursor = page.next;
  }
  return files;
}

async function linesOf(log: ImportLog, importId: string): Promise<Map<string, LedgerLine>> {
  const lines = new Map<string, LedgerLine>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: LedgerLine[]; next: string | null } = await log.ledger(importId, {}, 10_000, cursor);
    for (const line of page.items) lines.set(line.name, line);
    cursor = page.next;
  }
  return lines;
}
