import { Button, type ButtonProps } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { notifyProblem } from '../../ui/notify.ts';

interface ActButtonProps extends ButtonProps {
  act(): Promise<unknown>;
  children: ReactNode;
  'aria-label'?: string;
}

/** Does what can be undone, at once; shows that it is at it. */
export function ActButton({ act, children, ...button }: ActButtonProps): ReactNode {
  const { mutate, isPending } = useMutation({ mutationFn: act, onError: (error) => notifyProblem(error) });
  return (
    <Button size="xs" variant="default" {...button} loading={isPending} onClick={() => mutate()}>
      {children}
    </Button>
  );
}
