import { Kbd, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState, type ReactNode, type Ref } from 'react';
import { TASKS } from '../../texts/tasks.ts';

const PAUSE_MS = 250;

interface TextFilterProps {
  ref: Ref<HTMLInputElement>;
  /** As the address has it. */
  text: string;
  onChange(text: string): void;
}

/** Tells what was typed when the typist pauses. */
export function TextFilter({ ref, text, onChange }: TextFilterProps): ReactNode {
  const [typed, setTyped] = useState(text);
  const [seen, setSeen] = useState(text);
  const [told, setTold] = useState(text);
  const tell = useDebouncedCallback((value: string) => {
    setTold(value.trim());
    onChange(value.trim());
  }, PAUSE_MS);
  // The address was changed by somebody else: by a link, or by going back.
  if (text !== seen) {
    setSeen(text);
    if (text !== told) {
      setTyped(text);
      setTold(text);
    }
  }
  return (
    <TextInput
      ref={ref}
      size="xs"
      w={180}
      aria-label={TASKS.filters.text}
      placeholder={TASKS.filters.text}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={<Kbd size="xs">/</Kbd>}
      rightSectionPointerEvents="none"
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        tell(value);
      }}
    />
  );
}
