import { NumberInput, PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../../app/context.ts';
import { formatCount } from '../../../lib/format.ts';
import { FIRST_RUN } from '../../../texts/imports.ts';
import { FolderPicker } from '../../../ui/folder-picker/folder-picker.tsx';
import type { FirstAnswers } from './answers.ts';

/** Questions that flags or the environment have answered. */
export interface Fixed {
  backends: boolean;
  workers: boolean;
}

interface StepProps {
  fixed: Fixed;
  value: FirstAnswers;
  onChange(change: Partial<FirstAnswers>): void;
}

export function WhereStep({ value, onChange }: StepProps): ReactNode {
  return (
    <Stack gap="sm">
      <Text c="dimmed">{FIRST_RUN.where.text}</Text>
      <FolderPicker value={value.path} onChange={(path) => onChange({ path })} takesFiles />
    </Stack>
  );
}

export function BackendsStep({ value, fixed, onChange }: StepProps): ReactNode {
  const texts = FIRST_RUN.backends;
  return (
    <Stack gap="md" maw={560}>
      <Radio.Group
        aria-label={texts.title}
        value={value.backends}
        onChange={(backends) => onChange({ backends: backends as FirstAnswers['backends'] })}
      >
        <Stack gap="sm">
          <Radio disabled={fixed.backends} value="embedded" label={texts.embedded} description={texts.embeddedText} />
          <Radio disabled={fixed.backends} value="servers" label={texts.servers} description={texts.serversText} />
        </Stack>
      </Radio.Group>
      {fixed.backends && <Text size="sm">{FIRST_RUN.fixed}</Text>}
      {value.backends === 'servers' && !fixed.backends && (
        <Stack gap="sm">
          <TextInput
            label={texts.redis}
            placeholder={texts.redisExample}
            value={value.redis}
            onChange={({ currentTarget }) => onChange({ redis: currentTarget.value.trim() })}
          />
          <TextInput
            label={texts.qdrant}
            placeholder={texts.qdrantExample}
            value={value.qdrant}
            onChange={({ currentTarget }) => onChange({ qdrant: currentTarget.value.trim() })}
          />
          <PasswordInput
            label={texts.key}
            description={texts.keyText}
            value={value.apiKey}
            autoComplete="off"
            onChange={({ currentTarget }) => onChange({ apiKey: currentTarget.value })}
          />
          <Text size="sm" c="dimmed">
            {value.redis === '' || value.qdrant === '' ? texts.need : texts.later}
          </Text>
        </Stack>
      )}
    </Stack>
  );
}

export function WorkersStep({ value, fixed, onChange }: StepProps): ReactNode {
  const texts = FIRST_RUN.workers;
  const { data } = useQuery(useApi().fleet.get.queryOptions());
  const running = data?.workers.length ?? 0;
  return (
    <Stack gap="md" maw={560}>
      <Text c="dimmed">
        {texts.text} {data && `${texts.now(running, formatCount(running))}.`}
      </Text>
      <Radio.Group
        aria-label={texts.title}
        value={value.workers === 'auto' ? 'auto' : 'number'}
        onChange={(way) => onChange({ workers: way === 'auto' ? 'auto' : Math.max(1, running) })}
      >
        <Stack gap="sm">
          <Radio disabled={fixed.workers} value="auto" label={texts.automatic} />
          <Radio disabled={fixed.workers} value="number" label={texts.number} />
        </Stack>
      </Radio.Group>
      {fixed.workers && <Text size="sm">{FIRST_RUN.fixed}</Text>}
      {value.workers !== 'auto' && (
        <NumberInput
          label={texts.count}
          min={0}
          disabled={fixed.workers}
          max={256}
          allowDecimal={false}
          value={value.workers}
          onChange={(count) => typeof count === 'number' && onChange({ workers: count })}
          w={140}
        />
      )}
    </Stack>
  );
}
