import { ActionIcon, CopyButton as Copying, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { UI } from '../texts/ui.ts';

/** Copies `value`; `label` says what that is. */
export function CopyButton({ value, label = UI.copy }: { value: string; label?: string }): ReactNode {
  return (
    <Copying value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? UI.copied : label}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={label} onClick={copy}>
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copying>
  );
}
