import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../../lib/format.ts';
import { OVERVIEW } from '../../texts/overview.ts';
import { PageLink } from '../../ui/page-link.tsx';
import { Panel } from '../../ui/panel.tsx';
import classes from './overview.module.css';

const MOST = 5;
const texts = OVERVIEW.errors;

/** `failures`: failed tasks by error code. */
export function FrequentErrors({ failures }: { failures: Record<string, number> | undefined }): ReactNode {
  const codes = Object.entries(failures ?? {})
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, MOST);
  return (
    <Panel
      title={texts.title}
      action={
        <PageLink to="/tasks" search={{ state: ['failed'] }} size="sm">
          {texts.all}
        </PageLink>
      }
    >
      {failures && codes.length === 0 && <Text c="dimmed">{texts.none}</Text>}
      <ul className={classes.rows}>
        {codes.map(([code, count]) => (
          <li key={code} className={classes.error}>
            <PageLink to="/tasks" search={{ state: ['failed'], code: [code] }}>
              {code}
            </PageLink>
            <span>{formatCount(count)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
