import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ERRORS, type ErrorCode } from '../../../../src-core/domain/app-error.ts';
import { useApi, useMayChange, useTransport } from '../../../app/context.ts';
import { formatCount } from '../../../lib/format.ts';
import { IMPORT_DETAIL } from '../../../texts/imports.ts';
import { notifyDone, notifyProblem } from '../../../ui/notify.ts';
import { PageLink } from '../../../ui/page-link.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { Run } from '../run.ts';
import classes from './detail.module.css';
import { usePicturesOf } from './use-pictures-of.ts';

const texts = IMPORT_DETAIL.failures;
/** Lines that are asked for a group's thumbnails, and most of these. */
const SAMPLE = 50;
const MOST_THUMBS = 5;

/** Failed files by error, the most frequent first: what to do, and one click to try a whole group again. */
export function Failures({ run }: { run: Run }): ReactNode {
  const groups = Object.entries(run.errors)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a) as [ErrorCode, number][];
  if (groups.length === 0) return null;
  return (
    <Panel title={texts.title}>
      <ul className={classes.failures}>
        {groups.map(([code, count]) => (
          <Failure key={code} run={run} code={code} count={count} />
        ))}
      </ul>
    </Panel>
  );
}

function Failure({ run, code, count }: { run: Run; code: ErrorCode; count: number }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.queue.retry.call({ import_id: run.import_id, state: ['failed'], code: [code] }),
    onSuccess: ({ retried }) => {
      notifyDone(texts.retried(retried, formatCount(retried)));
      return Promise.all(
        [api.imports.key(), api.queue.key()].map((queryKey) => queries.invalidateQueries({ queryKey })),
      );
    },
    onError: (error) => notifyProblem(error),
  });
  return (
    <li className={classes.failure}>
      <PageLink to="/imports" search={{ import: run.import_id, outcome: ['failed'], code: [code] }} replace>
        {code}
      </PageLink>
      <span className={classes.todo} title={ERRORS[code].todo}>
        {ERRORS[code].todo}
      </span>
      <Thumbs run={run} code={code} />
      <Text size="sm" className={classes.number}>
        {count === 1 ? texts.one : texts.show(formatCount(count))}
      </Text>
      <PageLink
        to="/tasks"
        search={{ import_id: run.import_id, state: ['failed'], code: [code] }}
        size="sm"
        aria-label={texts.tasksOf(code)}
      >
        {texts.tasks}
      </PageLink>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={texts.retryOf(formatCount(count), code)}
        disabled={!mayChange}
        loading={isPending}
        onClick={() => mutate()}
      >
        {texts.retry}
      </Button>
    </li>
  );
}

function Thumbs({ run, code }: { run: Run; code: ErrorCode }): ReactNode {
  const transport = useTransport();
  const { data } = useQuery(
    useApi().imports.ledger.queryOptions({
      input: { import_id: run.import_id, outcome: ['failed'], code: [code], limit: SAMPLE },
    }),
  );
  const paths = data?.lines.map(({ path }) => path) ?? [];
  const pictures = usePicturesOf(run.catalog, run.root, paths).slice(0, MOST_THUMBS);
  return (
    <span className={classes.thumbs} title={pictures.length > 0 ? texts.pictures : undefined}>
      {pictures.map(({ image_id, path }) => (
        <img
          key={image_id}
          className={classes.thumb}
          src={transport.thumbnailUrl({ imageId: image_id, catalog: run.catalog, edge: 64 })}
          alt={path}
          loading="lazy"
        />
      ))}
    </span>
  );
}
