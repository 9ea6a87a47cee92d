import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  title: string;
  text: string;
  /** What to do next. */
  action?: ReactNode;
  icon?: ReactNode;
}

/** Stands where there is nothing, and says what to do next. */
export function EmptyState({ title, text, action, icon }: EmptyStateProps): ReactNode {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center">
      {icon}
      <Title order={2} size="h1">
        {title}
      </Title>
      <Text c="dimmed" maw={460}>
        {text}
      </Text>
      {action}
    </Stack>
  );
}
