import { columnVisibilityFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Column } from './column.ts';

const features = tableFeatures({ columnVisibilityFeature });
const NO_ROWS: never[] = [];

export interface ChosenColumns<Row> {
  shown: readonly Column<Row>[];
  all: readonly { column: Column<Row>; isShown: boolean }[];
  toggle(id: string): void;
}

/**
 * Which columns are shown; the browser remembers it by the table's name. Rows stay outside of the table's model, which
 * would make an object for each of a hundred thousand of them.
 */
export function useColumns<Row>(name: string, columns: readonly Column<Row>[]): ChosenColumns<Row> {
  const [columnVisibility, setVisibility] = useLocalStorage<Record<string, boolean>>({
    key: `imagefleet.columns.${name}`,
    defaultValue: Object.fromEntries(columns.filter(({ isHidden }) => isHidden).map(({ id }) => [id, false])),
    getInitialValueInEffect: false,
  });
  const definitions = useMemo(
    () => columns.map(({ id, header, isFixed = false }) => ({ id, header, enableHiding: !isFixed })),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: NO_ROWS, state: { columnVisibility } });
  return useMemo(() => {
    const all = table.getAllLeafColumns().map((known) => ({
      column: columns.find(({ id }) => id === known.id)!,
      isShown: columnVisibility[known.id] ?? true,
    }));
    return {
      all,
      shown: all.filter(({ isShown }) => isShown).map(({ column }) => column),
      toggle: (id) => setVisibility((old) => ({ ...old, [id]: !(old[id] ?? true) })),
    };
  }, [table, columns, columnVisibility, setVisibility]);
}
