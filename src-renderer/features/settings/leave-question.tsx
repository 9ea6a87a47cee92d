import { Button, Group, Modal } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { SETTINGS } from '../../texts/settings.ts';

const texts = SETTINGS.leave;

/** Asks before the page is left with changes that are not saved; when the tab is closed, the browser does. */
export function LeaveQuestion({ count }: { count: number }): ReactNode {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) => count > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: () => count > 0,
    withResolver: true,
  });
  return (
    <Modal
      opened={status === 'blocked'}
      onClose={() => reset?.()}
      title={texts.question(count, formatCount(count))}
      centered
    >
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={reset} data-autofocus>
          {texts.stay}
        </Button>
        <Button color="red" onClick={proceed}>
          {texts.leave}
        </Button>
      </Group>
    </Modal>
  );
}
