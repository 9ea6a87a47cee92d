import type { Paint } from './io.ts';
import { printable } from './format.ts';

export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  align?: 'right';
  /** Style of a cell by its row, where colours are on. */
  style?: (row: Row) => Parameters<Paint>[0] | null;
}

/** Rows under their titles, two spaces between columns, no trailing blanks; ends with a newline. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], paint: Paint): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))));
  const widths = columns.map(({ title }, i) =>
    cells.reduce((widest, line) => Math.max(widest, line[i]?.length ?? 0), title.length),
  );
  const pad = (text: string, i: number) => {
    if (columns[i]?.align === 'right') return text.padStart(widths[i] ?? 0);
    return i === columns.length - 1 ? text : text.padEnd(widths[i] ?? 0);
  };
  const head = columns.map(({ title }, i) => paint('dim', pad(title, i))).join('  ');
  const body = cells.map((line, at) =>
    line
      .map((text, i) => {
        const style = columns[i]?.style?.(rows[at] as Row);
        return style ? paint(style, pad(text, i)) : pad(text, i);
      })
      .join('  ')
      .trimEnd(),
  );
  return `${[head.trimEnd(), ...body].join('\n')}\n`;
}

/** "key    value" lines. */
export function formatFields(fields: readonly (readonly [label: string, value: string])[], paint: Paint): string {
  const width = fields.reduce((widest, [label]) => Math.max(widest, label.length), 0);
  return fields.map(([label, value]) => `${paint('dim', label.padEnd(width))}  ${value}\n`).join('');
}
