import { Button, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { fieldOf, levelOf, type LogLine } from '../../lib/log-rows.ts';
import { formatExact } from '../../lib/format.ts';
import { LOGS } from '../../texts/logs.ts';
import { UI } from '../../texts/ui.ts';
import { DetailDrawer } from '../../ui/detail-drawer.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import classes from './logs.module.css';

const texts = LOGS.line;

interface LineDrawerProps {
  /** Open while there is one. */
  line: LogLine | null;
  onClose(): void;
}

/** One line whole. It is held here: the log moves on and forgets it. */
export function LineDrawer({ line, onClose }: LineDrawerProps): ReactNode {
  const title = line && texts.title(LOGS.levels[levelOf(line.level)], formatExact(Date.parse(line.at)));
  return (
    <DetailDrawer title={title} onClose={onClose}>
      {line && <Line line={line} />}
    </DetailDrawer>
  );
}

function Line({ line }: { line: LogLine }): ReactNode {
  const json = JSON.stringify(line, null, 2);
  const stack = stackOf(line);
  return (
    <Stack gap="md">
      <Text className={classes['message-full']}>{line.message}</Text>
      <Group>
        <CopyButton value={json}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              onClick={copy}
              leftSection={copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            >
              {copied ? UI.copied : texts.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <KeyValue items={factsOf(line)} />
      {stack !== null && <Code title={texts.stack} text={stack} />}
      <Code title={texts.json} text={json} />
    </Stack>
  );
}

/** What it is of, each with the way there. */
function factsOf(line: LogLine): [string, ReactNode][] {
  const worker = fieldOf(line, 'workerId');
  const task = fieldOf(line, 'taskId');
  const run = fieldOf(line, 'importId');
  return [
    [texts.proc, fieldOf(line, 'proc')],
    [
      texts.worker,
      worker && (
        <PageLink key="link" to="/workers" search={{ worker }}>
          {worker}
        </PageLink>
      ),
    ],
    [
      texts.task,
      task && (
        <PageLink key="link" to="/tasks" search={{ task }}>
          {task}
        </PageLink>
      ),
    ],
    [
      texts.import,
      run && (
        <PageLink key="link" to="/imports" search={{ import: run }}>
          {run}
        </PageLink>
      ),
    ],
  ];
}

function stackOf({ fields }: LogLine): string | null {
  const error = fields['error'] ?? fields['err'];
  const stack = typeof error === 'object' && error !== null ? (error as { stack?: unknown }).stack : undefined;
  return typeof stack === 'string' ? stack : null;
}

function Code({ title, text }: { title: string; text: string }): ReactNode {
  return (
    <div>
      <Title order={3} size="h2" mb="xs">
        {title}
      </Title>
      {/* Can be scrolled by keys. */}
      <pre className={classes.code} tabIndex={0} role="region" aria-label={title}>
        {text}
      </pre>
    </div>
  );
}
