import { Button, Menu } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';
import type { ChosenColumns } from './use-columns.ts';

export function ColumnsMenu<Row>({ columns }: { columns: ChosenColumns<Row> }): ReactNode {
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
