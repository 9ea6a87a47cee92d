import { Code, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { replacePrefix } from '../../../src-core/domain/replace-prefix.ts';
import { formatCount } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import classes from './tasks.module.css';

const texts = TASKS.correct;

interface CorrectExampleProps {
  /** Undefined: on their way. */
  paths: readonly string[] | undefined;
  change: { from: string; to: string };
}

/** What would become of a path, before it is done. */
export function CorrectExample({ paths, change }: CorrectExampleProps): ReactNode {
  if (!paths) return <Text size="sm">{texts.looking}</Text>;
  const changed = paths.flatMap((path) => replacePrefix(path, change) ?? []);
  const first = changed[0];
  if (first === undefined) {
    return (
      <Text size="sm" role="status" style={{ color: 'var(--tone-warning)' }}>
        {texts.noneMatches(change.from)}
      </Text>
    );
  }
  return (
    <Stack gap={4} role="status">
      <Text size="sm">{texts.matching(formatCount(changed.length), formatCount(paths.length))}</Text>
      <Code className={classes.change}>{first}</Code>
    </Stack>
  );
}
