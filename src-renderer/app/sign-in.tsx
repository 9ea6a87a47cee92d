import { Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { AppError } from '../../src-core/domain/app-error.ts';
import { problemOf } from '../lib/problem.ts';
import { SHELL } from '../texts/shell.ts';
import { SESSION_KEY } from './session-query.ts';
import type { Transport } from './transport.ts';

/** For whoever has not come by a link that signs in. */
export function SignIn({ transport }: { transport: Transport }): ReactNode {
  const [token, setToken] = useState('');
  const queries = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      if (!(await transport.signIn(token.trim()))) {
        throw new AppError('UNAUTHORIZED', SHELL.signIn.wrong);
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: SESSION_KEY }),
  });

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    mutate();
  }

  return (
    <Center component="main" mih="100dvh" p="md" bg="var(--ground)">
      <Paper withBorder p="xl" w={420} maw="100%">
        <Stack component="form" gap="md" onSubmit={submit}>
          <Title order={1}>{SHELL.signIn.title}</Title>
          <Text c="dimmed">{SHELL.signIn.text}</Text>
          <Text c="dimmed">
            <Code>{SHELL.signIn.command}</Code> {SHELL.signIn.commandText}
          </Text>
          <PasswordInput
            label={SHELL.signIn.label}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            error={error && problemOf(error).message}
            visibilityToggleButtonProps={{ 'aria-label': SHELL.signIn.show }}
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Button type="submit" loading={isPending}>
            {SHELL.signIn.submit}
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
