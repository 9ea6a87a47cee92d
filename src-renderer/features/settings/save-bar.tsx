import { Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { SETTINGS } from '../../texts/settings.ts';
import classes from './settings.module.css';

interface SaveBarProps {
  count: number;
  hasProblem: boolean;
  isSaving: boolean;
  onSave(): void;
  onDiscard(): void;
}

/** Stands at the foot of the page while something is not saved. */
export function SaveBar({ count, hasProblem, isSaving, onSave, onDiscard }: SaveBarProps): ReactNode {
  if (count === 0) return null;
  return (
    <div className={classes.save} role="region" aria-label={SETTINGS.unsaved.label}>
      <Text fw={600} role="status">
        {SETTINGS.unsaved.count(count, formatCount(count))}
      </Text>
      {hasProblem && <Text c="var(--tone-bad)">{SETTINGS.unsaved.problem}</Text>}
      <Group gap="sm" ml="auto">
        <Button size="xs" variant="default" onClick={onDiscard}>
          {SETTINGS.unsaved.discard}
        </Button>
        <Button size="xs" disabled={hasProblem} loading={isSaving} onClick={onSave}>
          {SETTINGS.unsaved.save}
        </Button>
      </Group>
    </div>
  );
}
