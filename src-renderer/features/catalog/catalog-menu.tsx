import { Button, Menu } from '@mantine/core';
import { IconBrain, IconChevronDown, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { useCommands, type Command } from '../../app/palette/commands.ts';
import { CATALOG } from '../../texts/catalog.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { NameDialog } from './name-dialog.tsx';
import { ReEmbedDialog } from './re-embed-dialog.tsx';
import type { Catalog } from './use-change-catalogs.ts';

const texts = CATALOG.menu;

/** Makes, renames, re-embeds and deletes catalogs. Null: there is none that could be renamed. */
export function CatalogMenu({ catalog }: { catalog: Catalog | null }): ReactNode {
  const mayChange = useMayChange();
  const [dialog, setDialog] = useState<'create' | 'rename' | 're-embed' | 'delete' | null>(null);
  const close = (): void => setDialog(null);
  const commands = useMemo<Command[]>(
    () => (mayChange ? [{ id: 'catalog-create', label: texts.create, run: () => setDialog('create') }] : []),
    [mayChange],
  );
  useCommands(commands);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            disabled={!mayChange}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            {texts.label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setDialog('create')}>
            {texts.create}
          </Menu.Item>
          {catalog && (
            <>
              <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setDialog('rename')}>
                {texts.rename}
              </Menu.Item>
              <Menu.Item leftSection={<IconBrain size={15} aria-hidden />} onClick={() => setDialog('re-embed')}>
                {texts.reEmbed}
              </Menu.Item>
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={15} aria-hidden />}
                onClick={() => setDialog('delete')}
              >
                {texts.remove}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <NameDialog kind={dialog === 'create' || dialog === 'rename' ? dialog : null} catalog={catalog} onClose={close} />
      {catalog && <ReEmbedDialog isOpen={dialog === 're-embed'} catalog={catalog} onClose={close} />}
      {catalog && <DeleteDialog isOpen={dialog === 'delete'} catalog={catalog} onClose={close} />}
    </>
  );
}
