import { ActionIcon, Button, Group, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { DEFAULT_LEAST_SCORE } from '../../../src-core/domain/duplicates.ts';
import { DUPLICATES } from '../../texts/duplicates.ts';

const LEAST_SCORES = [0.8, 0.85, DEFAULT_LEAST_SCORE, 0.95, 0.99];
const texts = DUPLICATES.scan;

interface ScanButtonProps {
  /** Nothing was scanned yet: it is what to do. */
  isFirst: boolean;
  isBusy: boolean;
  isDisabled: boolean;
  onStart(leastScore?: number): void;
}

export function ScanButton({ isFirst, isBusy, isDisabled, onStart }: ScanButtonProps): ReactNode {
  const variant = isFirst ? 'filled' : 'default';
  const size = isFirst ? 36 : 30;
  return (
    <Group gap={2} wrap="nowrap">
      <Button
        size={isFirst ? 'sm' : 'xs'}
        variant={variant}
        loading={isBusy}
        disabled={isDisabled}
        onClick={() => onStart()}
      >
        {isFirst ? texts.start : texts.again}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant={variant}
            size={size}
            disabled={isDisabled}
            aria-label={texts.options}
            title={texts.options}
          >
            <IconChevronDown size={15} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {LEAST_SCORES.map((score) => (
            <Menu.Item key={score} onClick={() => onStart(score)}>
              {texts.from(score.toFixed(2))}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
