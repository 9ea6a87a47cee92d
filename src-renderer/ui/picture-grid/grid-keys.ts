/** Which picture a key leads to in a grid of `columns`; null: none. `page` in rows. */
export function pictureAfter(
  key: string,
  active: number,
  { count, columns, page }: { count: number; columns: number; page: number },
): number | null {
  if (count === 0) return null;
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index));
  switch (key) {
    case 'ArrowRight':
      return clamp(active + 1);
    case 'ArrowLeft':
      return clamp(active - 1);
    case 'ArrowDown':
      return clamp(active + columns);
    case 'ArrowUp':
      // From the first row there is no way up; going to its beginning would surprise.
      return active < columns ? active : active - columns;
    case 'PageDown':
      return clamp(active + page * columns);
    case 'PageUp':
      return clamp(active - page * columns);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
