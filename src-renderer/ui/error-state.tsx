import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { problemOf } from '../lib/problem.ts';
import { UI } from '../texts/ui.ts';

interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?: (() => void) | undefined;
}

/** What was wrong, our code, what to do about it, and another try. */
export function ErrorState({ error, title = UI.problem.title, onRetry }: ErrorStateProps): ReactNode {
  const { code, message, todo } = problemOf(error);
  return (
    <Alert color="red" variant="outline" title={title} icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Stack gap="xs">
        <Text>{message}</Text>
        <Text c="dimmed">{todo}</Text>
        <Group gap="sm">
          {onRetry && (
            <Button size="xs" variant="default" onClick={onRetry}>
              {UI.retry}
            </Button>
          )}
          {code && <Code>{code}</Code>}
        </Group>
      </Stack>
    </Alert>
  );
}
