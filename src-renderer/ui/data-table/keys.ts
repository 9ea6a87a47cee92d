/** What a key means in a table; null: nothing. */
export function rowAfter(key: string, active: number, count: number, page: number): number | null {
  const last = count - 1;
  if (last < 0) return null;
  const clamp = (index: number): number => Math.max(0, Math.min(last, index));
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return clamp(active + 1);
    case 'ArrowUp':
    case 'k':
      return clamp(active - 1);
    case 'PageDown':
      return clamp(active + page);
    case 'PageUp':
      return clamp(active - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
