import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconX } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import { isWholePath } from '../../lib/path-names.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';
import classes from './duplicates.module.css';
import { PLAIN_RULES, ruleName, ruleText, type Rule } from './rules.ts';

const texts = DUPLICATES.keep;

interface KeepRulesProps {
  rules: readonly Rule[];
  onChange(rules: Rule[]): void;
}

/** The rules in their order, which can be changed. */
export function KeepRules({ rules, onChange }: KeepRulesProps): ReactNode {
  const names = rules.map(ruleName).join(', ').toLowerCase();
  const list = useRef<HTMLOListElement>(null);
  const left = PLAIN_RULES.filter((rule) => !rules.includes(rule));
  return (
    <Popover position="bottom-end" width={400} trapFocus withinPortal>
      <Popover.Target>
        <Button size="xs" variant="default" className={classes.keep}>
          {texts.button(rules.length === 0 ? texts.none : names)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <div>
            <Text fw={600} size="sm">
              {texts.title}
            </Text>
            <Text size="xs" c="dimmed">
              {rules.length === 0 ? texts.noneText : texts.text}
            </Text>
          </div>
          <ol ref={list} tabIndex={-1} className={classes.rules}>
            {rules.map((rule, n) => (
              <RuleRow
                key={rule}
                rule={rule}
                place={n}
                rules={rules}
                onChange={onChange}
                // The button that was pressed is gone or switched off then, and the focus would be nowhere.
                onLost={() => list.current?.focus()}
              />
            ))}
          </ol>
          <Group gap="xs">
            {left.map((rule) => (
              <Button
                key={rule}
                size="compact-xs"
                variant="default"
                leftSection={<IconPlus size={13} aria-hidden />}
                onClick={() => onChange([...rules, rule])}
              >
                {ruleName(rule)}
              </Button>
            ))}
          </Group>
          <FolderRule
            onAdd={(folder) => onChange([`folder:${folder}`, ...rules.filter((one) => one !== `folder:${folder}`)])}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface RuleRowProps extends KeepRulesProps {
  rule: Rule;
  place: number;
  onLost(): void;
}

function RuleRow({ rule, place, rules, onChange, onLost }: RuleRowProps): ReactNode {
  const name = ruleName(rule);
  const others = rules.filter((one) => one !== rule);
  function move(to: number): void {
    if (to === 0 || to === others.length) onLost();
    onChange(others.toSpliced(to, 0, rule));
  }
  function remove(): void {
    onLost();
    onChange(others);
  }
  const button = { variant: 'subtle', color: 'gray', size: 'sm' } as const;
  return (
    <li>
      <span className={classes.place}>{place + 1}</span>
      <span className={classes.rule} title={ruleText(rule)}>
        <b>{name}</b>
        <small>{ruleText(rule)}</small>
      </span>
      <ActionIcon {...button} aria-label={texts.up(name)} disabled={place === 0} onClick={() => move(place - 1)}>
        <IconArrowUp size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon
        {...button}
        aria-label={texts.down(name)}
        disabled={place === rules.length - 1}
        onClick={() => move(place + 1)}
      >
        <IconArrowDown size={14} aria-hidden />
      </ActionIcon>
      <ActionIcon {...button} aria-label={texts.remove(name)} onClick={remove}>
        <IconX size={14} aria-hidden />
      </ActionIcon>
    </li>
  );
}

function FolderRule({ onAdd }: { onAdd(folder: string): void }): ReactNode {
  const [text, setText] = useState('');
  const folder = text.trim();
  const isWrong = folder !== '' && !isWholePath(folder);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (folder === '' || isWrong) return;
        onAdd(folder);
        setText('');
      }}
    >
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          flex={1}
          size="xs"
          label={texts.addFolder}
          placeholder={texts.folderPlaceholder}
          value={text}
          spellCheck={false}
          autoComplete="off"
          error={isWrong && texts.notAbsolute}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" disabled={folder === '' || isWrong}>
          {texts.add}
        </Button>
      </Group>
    </form>
  );
}
