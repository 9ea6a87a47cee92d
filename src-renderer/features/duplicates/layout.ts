/** In px; the style sheet says the same. */
const HEAD_PX = 34;
const TILE_PX = 124;
const GAP_PX = 8;
const AFTER_PX = 20;
const LEAST_TILE_PX = 300;
/** Rows of a group that are shown before somebody asks for all. */
const FEW_ROWS = 2;

export function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width + GAP_PX) / (LEAST_TILE_PX + GAP_PX)));
}

/** How many pictures of a group are shown. */
export function shownOf(pictures: number, columns: number, isWhole: boolean): number {
  return isWhole ? pictures : Math.min(pictures, columns * FEW_ROWS);
}

/** Height of a group of which so many pictures are shown. */
export function groupHeight(shown: number, columns: number): number {
  return HEAD_PX + Math.ceil(shown / columns) * (TILE_PX + GAP_PX) + AFTER_PX;
}

/** A picture in a list of groups. */
export interface Place {
  group: number;
  picture: number;
}

/** Where a key leads to; null: it means something else. `shown`: pictures of a group, by its place. */
export function placeAfter(
  key: string,
  { group, picture }: Place,
  { count, columns, shown }: { count: number; columns: number; shown(group: number): number },
): Place | null {
  if (count === 0) return null;
  const to = (next: number, wanted = 0): Place => {
    const place = Math.max(0, Math.min(count - 1, next));
    return { group: place, picture: Math.max(0, Math.min(wanted, shown(place) - 1)) };
  };
  const column = picture % columns;
  switch (key) {
    case 'ArrowRight':
      return picture + 1 < shown(group)
        ? { group, picture: picture + 1 }
        : group + 1 < count
          ? to(group + 1)
          : to(group, picture);
    case 'ArrowLeft':
      return picture > 0 ? { group, picture: picture - 1 } : group > 0 ? to(group - 1, Infinity) : to(group);
    case 'ArrowDown':
      if (picture + columns < shown(group)) return { group, picture: picture + columns };
      return group + 1 < count ? to(group + 1, column) : to(group, picture);
    case 'ArrowUp': {
      if (picture >= columns) return { group, picture: picture - columns };
      if (group === 0) return to(0, picture);
      const rows = Math.ceil(shown(group - 1) / columns);
      return to(group - 1, (rows - 1) * columns + column);
    }
    case 'j':
      return to(group + 1);
    case 'k':
      return to(group - 1);
    case 'PageDown':
      return to(group + 5);
    case 'PageUp':
      return to(group - 5);
    case 'Home':
      return to(0);
    case 'End':
      return to(count - 1);
    default:
      return null;
  }
}
