import type { ReactNode } from 'react';

export interface Column<Row> {
  id: string;
  header: string;
  /** Width in px; one with `grow` takes its share of what is left. */
  size: number;
  grow?: number;
  align?: 'end';
  /** Drawn again only when the row is another object: it must depend on nothing else. */
  cell(row: Row): ReactNode;
  /** Not shown until it is chosen. */
  isHidden?: boolean;
  /** Always shown. */
  isFixed?: boolean;
  canSort?: boolean;
}

export interface Sort {
  column: string;
  isDescending: boolean;
}

/** Widths of all columns, as a grid's `grid-template-columns`. */
export function gridOf(columns: readonly Column<never>[], hasSelection: boolean): string {
  const widths = columns.map(({ size, grow }) => (grow ? `minmax(${size}px, ${grow}fr)` : `${size}px`));
  return [...(hasSelection ? ['36px'] : []), ...widths].join(' ');
}
