import { Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { SETTINGS } from '../../texts/settings.ts';
import type { GroupName } from './groups.ts';
import classes from './settings.module.css';

interface GroupSectionProps {
  name: GroupName;
  /** What stands before its settings. */
  children?: ReactNode;
  rows: ReactNode;
}

export function GroupSection({ name, children, rows }: GroupSectionProps): ReactNode {
  const id = useId();
  const text = SETTINGS.groupTexts[name];
  return (
    <section aria-labelledby={id}>
      <Title order={2} id={id} mb={4}>
        {SETTINGS.groups[name]}
      </Title>
      {text && <p className={classes.text}>{text}</p>}
      {children}
      <ul className={classes.rows}>{rows}</ul>
    </section>
  );
}
