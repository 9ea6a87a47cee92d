import { Code, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi, useMayChange, useTransport } from '../../app/context.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import classes from './settings.module.css';

/** How this server is called, and by whom. */
export function ThisServer(): ReactNode {
  const texts = SETTINGS.server;
  const { name } = useTransport();
  const mayChange = useMayChange();
  return (
    <div className={classes.beside}>
      <KeyValue
        items={[
          [texts.address, name],
          [texts.access, mayChange ? texts.full : texts.read],
          [
            texts.token,
            <span key="token">
              <Code>{texts.tokenCommand}</Code> {texts.tokenText}
            </span>,
          ],
        ]}
      />
    </div>
  );
}

/** Folders of the server's machine that this console may name. */
export function AllowedRoots(): ReactNode {
  const texts = SETTINGS.roots;
  const { data, error, refetch } = useQuery(useApi().folders.browse.queryOptions({ input: {} }));
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className={classes.beside}>
      <Title order={3} size="sm">
        {texts.title}
      </Title>
      {data?.entries.length === 0 && <p className={classes.text}>{texts.none}</p>}
      <ul className={classes.paths}>
        {data?.entries.map(({ path }) => (
          <li key={path}>
            <code>{path}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
