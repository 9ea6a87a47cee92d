import { ActionIcon } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { IMPORTS } from '../../texts/imports.ts';
import { canPause, type Run } from './run.ts';
import { useRunActions } from './use-run-actions.ts';

const texts = IMPORTS.actions;

/** What is done often, in its row. */
export function RowActions({ run }: { run: Run }): ReactNode {
  const { pause, resume, again } = useRunActions(run);
  const mayChange = useMayChange();
  const [what, Icon, { mutate, isPending }] = canPause(run)
    ? ([texts.pause, IconPlayerPause, pause] as const)
    : run.state === 'paused'
      ? ([texts.resume, IconPlayerPlay, resume] as const)
      : ([texts.again, IconRefresh, again] as const);
  const label = texts.of(what, nameOfPath(run.root));
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={label}
      title={label}
      loading={isPending}
      disabled={!mayChange}
      onClick={() => mutate()}
    >
      <Icon size={15} aria-hidden />
    </ActionIcon>
  );
}
