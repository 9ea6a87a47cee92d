import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { TASK_PRIORITIES, type TaskPriority } from '../../../src-core/domain/task.ts';
import { TASKS } from '../../texts/tasks.ts';
import { notifyProblem } from '../../ui/notify.ts';

interface PriorityMenuProps {
  disabled: boolean;
  act(priority: TaskPriority): Promise<unknown>;
}

export function PriorityMenu({ disabled, act }: PriorityMenuProps): ReactNode {
  const { mutate, isPending } = useMutation({ mutationFn: act, onError: (error) => notifyProblem(error) });
  return (
    <Menu>
      <Menu.Target>
        <Button size="xs" variant="default" disabled={disabled} loading={isPending}>
          {TASKS.acts.priority}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {TASK_PRIORITIES.map((priority) => (
          <Menu.Item key={priority} onClick={() => mutate(priority)}>
            {TASKS.priorities[priority]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
