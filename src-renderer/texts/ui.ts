/** Words of the parts that every page uses. */
export const UI = {
  loading: 'Loading',
  retry: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  pattern: 'Type a pattern, then Enter',
  timeLeft: (time: string): string => `${time} left`,
  table: {
    columns: 'Columns',
    selectAllLoaded: 'Select all rows shown',
    selectRow: 'Select row',
    selected: (count: string): string => `${count} selected`,
    /** Null: nobody knows how many. */
    everything: (count: string | null): string =>
      count === null ? 'Select all that match' : `Select all ${count} that match`,
    allSelected: (count: string | null): string =>
      count === null ? 'All that match selected' : `All ${count} selected`,
    clear: 'Clear',
    loadingMore: 'Loading more rows',
    sortBy: (column: string): string => `Sort by ${column}`,
  },
  problem: {
    title: 'This did not work',
    todo: 'What to do',
    away: 'The server cannot be reached.',
    awayTodo: 'The console tries again by itself. See that the server runs.',
    unknownTodo: 'Try again. The server’s log says more.',
    code: (code: string): string => `Error ${code}`,
  },
} as const;
