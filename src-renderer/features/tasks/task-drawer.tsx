import { ActionIcon, Group, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { TASKS } from '../../texts/tasks.ts';
import { DetailDrawer } from '../../ui/detail-drawer.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TaskDetail } from './task-detail.tsx';

const texts = TASKS.drawer;

interface TaskDrawerProps {
  /** Null: closed. */
  id: string | null;
  onClose(): void;
  onPrevious?(): void;
  onNext?(): void;
}

/** One task whole. */
export function TaskDrawer({ id, onClose, onPrevious, onNext }: TaskDrawerProps): ReactNode {
  const { data, error, refetch } = useQuery({
    ...useApi().queue.status.queryOptions({ input: { task_id: id ?? '' } }),
    enabled: id !== null,
  });
  // A key that is listened to is taken from the table, also while this is closed.
  useHotkeys(
    id === null
      ? []
      : [
          ['j', () => onNext?.()],
          ['k', () => onPrevious?.()],
        ],
  );
  const title = data?.image_path ? nameOfPath(data.image_path) : id === null ? null : texts.label(id);
  return (
    <DetailDrawer title={id === null ? null : title} onClose={onClose}>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Text size="sm" c="dimmed" truncate title={id ?? undefined}>
          {id}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Step label={texts.previous} icon={<IconChevronUp size={16} aria-hidden />} go={onPrevious} />
          <Step label={texts.next} icon={<IconChevronDown size={16} aria-hidden />} go={onNext} />
        </Group>
      </Group>
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && <TaskDetail task={data} />}
    </DetailDrawer>
  );
}

interface StepProps {
  label: string;
  icon: ReactNode;
  go: (() => void) | undefined;
}

function Step({ label, icon, go }: StepProps): ReactNode {
  return (
    <ActionIcon variant="default" size="sm" aria-label={label} title={label} disabled={!go} onClick={go}>
      {icon}
    </ActionIcon>
  );
}
