import { ActionIcon, Badge, Group, Tooltip } from '@mantine/core';
import { IconCommand } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { useMayChange } from '../context.ts';
import { FleetFacts } from './fleet-facts.tsx';
import { PauseSwitch } from './pause-switch.tsx';
import classes from './shell.module.css';
import { ThemeMenu } from './theme-menu.tsx';

/** The state of the fleet in one line, on every page. */
export function Header(): ReactNode {
  const mayChange = useMayChange();
  return (
    <div className={classes.bar}>
      <div className={classes.brand}>
        <img src="./icon.svg" alt="" width={22} height={22} />
        {SHELL.product}
      </div>
      <FleetFacts />
      <Group gap="xs" wrap="nowrap">
        {!mayChange && (
          <Badge variant="outline" color="gray" tt="none">
            {SHELL.header.readOnly}
          </Badge>
        )}
        <PauseSwitch />
        <Tooltip label={SHELL.palette.open}>
          <ActionIcon variant="subtle" color="gray" aria-label={SHELL.palette.open} onClick={() => void openPalette()}>
            <IconCommand size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <ThemeMenu />
      </Group>
    </div>
  );
}

async function openPalette(): Promise<void> {
  const { spotlight } = await import('../palette/palette.tsx');
  spotlight.open();
}
