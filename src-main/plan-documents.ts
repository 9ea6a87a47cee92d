import { sumOf, type Tally } from './services/plan/tally.ts';

/** What a run would make of the files, as the command line and the server tell it. */
export function tallyDocument(tally: Tally) {
  const { found, missing, leaving, sidecars, excluded, failed, folders } = tally;
  return {
    found,
    new: tally.new,
    changed: tally.changed,
    skipped: tally.unchanged,
    back: tally.back,
    updated: tally.updated,
    moved: tally.moved,
    excluded: { files: sumOf(excluded), rules: excluded },
    failed: { files: sumOf(failed), errors: failed },
    missing,
    leaving,
    sidecars,
    formats: formatRows(tally).map(({ format, files, bytes, toIndex }) => ({
      format,
      files,
      bytes,
      to_index: toIndex,
    })),
    folders_left_out: { folders: sumOf(folders), rules: folders },
  };
}

export type FormatRow = { format: string } & Tally['formats'][string];

export function formatRows({ formats }: Tally): FormatRow[] {
  const rows = Object.entries(formats).map(([format, amounts]) => ({ format, ...amounts }));
  return rows.toSorted((a, b) => b.files - a.files || (a.format < b.format ? -1 : 1));
}
