import { Alert, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Correction } from '../../../src-core/contract/queue-operations.ts';
import { RETRYABLE_STATES, TASK_PRIORITIES, type TaskPriority } from '../../../src-core/domain/task.ts';
import { useApi } from '../../app/context.ts';
import { TASKS } from '../../texts/tasks.ts';
import { UI } from '../../texts/ui.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { commonFolder } from './common-folder.ts';
import { CorrectExample } from './correct-example.tsx';
import { useActs } from './use-acts.ts';
import { inputsOf, type Chosen } from './which.ts';

const texts = TASKS.correct;
/** Tasks that are looked at before it is done. */
const SAMPLE = 200;

interface CorrectFormProps {
  chosen: Chosen;
  onClose(): void;
  onDone(): void;
}

export function CorrectForm({ chosen, onClose, onDone }: CorrectFormProps): ReactNode {
  const { catalogs } = useApi();
  const { retry } = useActs();
  const { data: stored } = useQuery(catalogs.list.queryOptions());
  const paths = usePaths(chosen);
  const [typedFrom, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState('');
  const [catalog, setCatalog] = useState<string | null>(null);
  const [priority, setPriority] = useState<TaskPriority | null>(null);
  const [attempts, setAttempts] = useState<number | string>('');
  // Until something else is typed: where they all lie.
  const from = typedFrom ?? commonFolder(paths ?? []);
  const path = from !== '' && to !== '' && from !== to ? { from, to } : undefined;
  const correction: Correction = {
    ...(path && { path }),
    ...(catalog !== null && { catalog }),
    ...(priority !== null && { priority }),
    ...(typeof attempts === 'number' && { max_attempts: attempts }),
  };
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: () => retry(chosen, RETRYABLE_STATES, correction),
    onSuccess: (count) => {
      if (count > 0) onDone();
    },
  });

  function submit(event: FormEvent): void {
    event.preventDefault();
    mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text c="dimmed">{texts.text}</Text>
        <TextInput label={texts.from} value={from} onChange={({ currentTarget }) => setFrom(currentTarget.value)} />
        <TextInput
          label={texts.to}
          description={texts.toText}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
          data-autofocus
        />
        {path && <CorrectExample paths={paths} change={path} />}
        <Group grow align="start">
          <Select
            label={texts.catalog}
            placeholder={texts.same}
            data={stored?.catalogs.map(({ name }) => name) ?? []}
            value={catalog}
            onChange={setCatalog}
            clearable
            searchable
          />
          <Select
            label={texts.priority}
            placeholder={texts.same}
            data={TASK_PRIORITIES.map((value) => ({ value, label: TASKS.priorities[value] }))}
            value={priority}
            onChange={(value) => setPriority(value as TaskPriority | null)}
            clearable
          />
          <NumberInput
            label={texts.attempts}
            placeholder={texts.same}
            min={1}
            max={100}
            allowDecimal={false}
            value={attempts}
            onChange={setAttempts}
          />
        </Group>
        {error && <ErrorState error={error} />}
        {data === 0 && <Alert color="yellow">{texts.none}</Alert>}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {UI.cancel}
          </Button>
          <Button type="submit" loading={isPending} disabled={Object.keys(correction).length === 0}>
            {texts.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Of some of the tasks that are meant; undefined while they are on their way. */
function usePaths(chosen: Chosen): readonly string[] | undefined {
  const [which] = chosen.kind === 'all' ? inputsOf(chosen, RETRYABLE_STATES) : [];
  const { data } = useQuery({
    ...useApi().queue.tasks.queryOptions({ input: { ...which, limit: SAMPLE } }),
    enabled: which !== undefined,
    select: ({ tasks }) => tasks.flatMap(({ image_path }) => image_path ?? []),
  });
  if (chosen.kind === 'all') return which ? data : [];
  return chosen.tasks.slice(0, SAMPLE).flatMap(({ image_path }) => image_path ?? []);
}
