import { expect, it } from 'vitest';
import type { Paint } from '../../../src-main/cli/io.ts';
import { formatFields, formatTable, type Column } from '../../../src-main/cli/table.ts';

const plain: Paint = (_style, text) => text;
const marked: Paint = (style, text) => `<${String(style)}>${text}</>`;

interface Row {
  name: string;
  count: number;
}

const columns: Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'COUNT', value: ({ count }) => String(count), align: 'right', style: ({ count }) => (count ? null : 'red') },
  { title: 'NOTE', value: ({ name }) => (name === 'b' ? 'long note' : '') },
];

it('aligns columns and leaves no blanks at the ends', () => {
  const rows = [
    { name: 'abcdef', count: 7 },
    { name: 'b', count: 123_456 },
  ];
  expect(formatTable(columns, rows, plain)).toBe(
    ['NAME     COUNT  NOTE', 'abcdef       7', 'b       123456  long note', ''].join('\n'),
  );
});

it('pads before it paints, so that escapes do not count', () => {
  const line = formatTable(columns, [{ name: 'x', count: 0 }], marked).split('\n')[1];
  expect(line).toBe('x     <red>    0</>');
});

it('shows a newline in a cell instead of breaking the table', () => {
  expect(formatTable(columns, [{ name: 'a\nb', count: 1 }], plain).split('\n')).toHaveLength(3);
});

it('lines up labels', () => {
  expect(
    formatFields(
      [
        ['a', '1'],
        ['long', '2'],
      ],
      plain,
    ),
  ).toBe('a     1\nlong  2\n');
});
