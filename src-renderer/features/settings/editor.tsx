import { Autocomplete, NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { SETTINGS } from '../../texts/settings.ts';
import type { Kind } from './kinds.ts';

interface EditorProps {
  kind: Kind;
  /** For those who do not see it. */
  label: string;
  value: unknown;
  /** Of a secret. */
  isSet: boolean;
  error: string | null;
  isDisabled: boolean;
  onChange(value: unknown): void;
}

/** By the kind of the setting. Undefined: nothing was typed after all. */
export function Editor({ kind, label, value, isSet, error, isDisabled, onChange }: EditorProps): ReactNode {
  const common = { size: 'xs', 'aria-label': label, error, disabled: isDisabled } as const;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  switch (kind.kind) {
    case 'switch':
      return (
        <Switch
          {...common}
          size="sm"
          checked={value === true}
          onChange={({ currentTarget: { checked } }) => onChange(checked)}
        />
      );
    case 'choice':
      return (
        <Select
          {...common}
          data={kind.values}
          value={text}
          allowDeselect={false}
          onChange={(choice) => onChange(choice ?? '')}
        />
      );
    case 'number':
      return kind.words.length > 0 ? (
        <Autocomplete {...common} data={kind.words} value={text} onChange={(typed) => onChange(numberOr(typed))} />
      ) : (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          allowDecimal={!kind.isWhole}
          allowNegative={false}
          thousandSeparator=","
          hideControls
          onChange={onChange}
        />
      );
    case 'list':
      return (
        <Textarea
          {...common}
          autosize
          minRows={1}
          maxRows={8}
          placeholder={SETTINGS.onePerLine}
          value={Array.isArray(value) ? value.join('\n') : ''}
          onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? [] : currentTarget.value.split('\n'))}
        />
      );
    case 'secret':
      return (
        <PasswordInput
          {...common}
          autoComplete="off"
          placeholder={isSet ? SETTINGS.secretSet : SETTINGS.secretNotSet}
          value={text}
          onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
        />
      );
    case 'text':
      return (
        <TextInput
          {...common}
          placeholder={SETTINGS.none}
          value={text}
          onChange={({ currentTarget: { value: typed } }) => onChange(typed)}
        />
      );
  }
}

function numberOr(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text.trim();
}
