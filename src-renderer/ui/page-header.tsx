import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** The head of every page: its name, what is told of it, and its actions at the right. */
export function PageHeader({ title, children, actions }: PageHeaderProps): ReactNode {
  return (
    <Group justify="space-between" mih={32} mb="md" gap="md">
      <Group gap="md">
        <Title order={1}>{title}</Title>
        {children}
      </Group>
      {actions && <Group gap="sm">{actions}</Group>}
    </Group>
  );
}

interface PageHeaderProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}
