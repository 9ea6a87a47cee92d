import { Button, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { NOTHING, selectedCount, type Selection } from '../../lib/selection.ts';
import { UI } from '../../texts/ui.ts';

interface SelectionBarProps {
  selection: Selection;
  /** Of everything that matches; null: nobody knows. */
  total: number | null;
  onChange(selection: Selection): void;
  /** What can be done with the selected. */
  children?: ReactNode;
}

/** How much is selected, the step to everything that matches, and what can be done with it. */
export function SelectionBar({ selection, total, onChange, children }: SelectionBarProps): ReactNode {
  const count = selectedCount(selection, total);
  if (count === 0 && selection.kind === 'some') return null;
  const all = total === null ? null : formatCount(total);
  return (
    <>
      <Text size="sm" fw={600} role="status">
        {selection.kind === 'all' ? UI.table.allSelected(all) : UI.table.selected(formatCount(selection.ids.size))}
      </Text>
      {selection.kind === 'some' && count !== total && (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange({ kind: 'all' })}>
          {UI.table.everything(all)}
        </Button>
      )}
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(NOTHING)}>
        {UI.table.clear}
      </Button>
      {children}
    </>
  );
}
