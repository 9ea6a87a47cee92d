/** Which rows of a table are chosen. `all`: everything that matches its filter, also what has not been loaded. */
export type Selection = { kind: 'some'; ids: ReadonlySet<string> } | { kind: 'all' };

export const NOTHING: Selection = { kind: 'some', ids: new Set() };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === 'all' || selection.ids.has(id);
}

/** `total`: of everything that matches; null where nobody knows. */
export function selectedCount(selection: Selection, total: number | null): number | null {
  return selection.kind === 'all' ? total : selection.ids.size;
}

/** Taken out of everything, a row leaves the others that are `loaded`: more is not known by name. */
export function toggled(selection: Selection, id: string, loaded: readonly string[]): Selection {
  const ids = new Set(selection.kind === 'all' ? loaded : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { kind: 'some', ids };
}

/** With all rows from one place to another, both included: what Shift and a click mean. */
export function withRange(selection: Selection, loaded: readonly string[], from: number, to: number): Selection {
  if (selection.kind === 'all') return selection;
  const range = loaded.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { kind: 'some', ids: new Set([...selection.ids, ...range]) };
}
