import { Button, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';
import type { ChosenColumns } from './use-columns.ts';

function PlainColumnsMenu<Row>({ columns }: { columns: ChosenColumns<Row> }): ReactNode {
  return (
    <Menu closeOnItemClick={false} position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={15} aria-hidden />}>
          {UI.table.columns}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.all
          .filter(({ column }) => !column.isFixed)
          .map(({ column, isShown }) => (
            <Menu.CheckboxItem key={column.id} checked={isShown} onChange={() => columns.toggle(column.id)}>
              {column.header}
            </Menu.CheckboxItem>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Scrolling leaves it alone. */
export const ColumnsMenu = memo(PlainColumnsMenu) as typeof PlainColumnsMenu;
