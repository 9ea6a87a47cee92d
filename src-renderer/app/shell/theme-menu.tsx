import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconCheck, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';

const SCHEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];

/** Light, dark, or as the system; the browser remembers it. */
export function ThemeMenu(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = colorScheme === 'dark' ? IconMoon : IconSun;
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={SHELL.theme.label}>
          <Icon size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            rightSection={scheme === colorScheme ? <IconCheck size={14} aria-hidden /> : null}
          >
            {SHELL.theme[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
