import { Alert, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { IconArrowLeft, IconPlugConnectedX } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { ERRORS, type ErrorCode } from '../../../../src-core/domain/app-error.ts';
import { useCommands } from '../../../app/palette/commands.ts';
import { formatDuration } from '../../../lib/format.ts';
import { nameOfPath } from '../../../lib/path-names.ts';
import { useNow } from '../../../lib/use-now.ts';
import { IMPORT_DETAIL, IMPORTS, NEW_IMPORT } from '../../../texts/imports.ts';
import { IMPORT_STATE_TEXTS } from '../../../texts/states.ts';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { ImportBar } from '../../../ui/import-bar/import-bar.tsx';
import { PageHeader } from '../../../ui/page-header.tsx';
import { PageLink } from '../../../ui/page-link.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { StateBadge } from '../../../ui/state-badge.tsx';
import { IMPORT_TONES } from '../../../ui/tones.ts';
import { tookMs, type Run } from '../run.ts';
import { Counts } from './counts.tsx';
import classes from './detail.module.css';
import { Failures } from './failures.tsx';
import { Ledger } from './ledger.tsx';
import { RunButtons } from './run-buttons.tsx';
import { useImport } from './use-import.ts';

const route = getRouteApi('/imports');

/** One import: how far it is, its failures by error, and every file with what became of it. */
export function ImportDetail({ importId }: { importId: string }): ReactNode {
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const { run, error, refetch } = useImport(importId);
  const commands = useMemo(
    () => [{ id: 'imports.all', label: IMPORT_DETAIL.back, run: () => void navigate({ search: {} }) }],
    [navigate],
  );
  useCommands(commands);

  return (
    <>
      <PageLink to="/imports" search={{}} size="sm" className={classes.back}>
        <IconArrowLeft size={13} aria-hidden /> {IMPORT_DETAIL.back}
      </PageLink>
      {run ? (
        <>
          <PageHeader title={nameOfPath(run.root)} actions={<RunButtons run={run} />}>
            <StateBadge tone={IMPORT_TONES[run.state]} label={IMPORT_STATE_TEXTS[run.state]} />
          </PageHeader>
          <Facts run={run} />
          <Stack gap="md">
            <Trouble run={run} />
            {run.finished_at === null && <ImportBar run={run} />}
            <Failures run={run} />
          </Stack>
          <Counts run={run} shown={outcome} />
          <Ledger run={run} />
        </>
      ) : (
        <PageHeader title={IMPORT_DETAIL.title} />
      )}
      {error && !run && <ErrorState error={error} onRetry={() => void refetch()} />}
    </>
  );
}

function Facts({ run }: { run: Run }): ReactNode {
  const { facts } = IMPORT_DETAIL;
  const now = useNow();
  const took = tookMs(run);
  const running = Math.max(0, now - Date.parse(run.created_at));
  return (
    <div className={classes.facts}>
      <span className={classes.path}>
        {run.root} <CopyButton value={run.root} label={IMPORT_DETAIL.line.copyPath} />
      </span>
      <span>
        {facts.catalog}{' '}
        <PageLink to="/catalog" size="sm">
          {run.catalog}
        </PageLink>
      </span>
      {run.priority !== 'normal' && (
        <span>
          {facts.priority} {NEW_IMPORT.priorities[run.priority]}
        </span>
      )}
      <span>
        {facts.started} {run.started_by !== null && `${facts.by} ${IMPORTS.starters[run.started_by]} `}
        <span className={classes.ago}>
          <RelativeTime at={run.created_at} />
        </span>
      </span>
      <span className={classes.duration}>
        {took === null ? facts.running : facts.took} {formatDuration(took ?? Math.floor(running / 1_000) * 1_000)}
      </span>
    </div>
  );
}

/** What holds it up, or has ended it. */
function Trouble({ run: { state, reason } }: { run: Run }): ReactNode {
  if (reason === null || (state !== 'waiting' && state !== 'failed')) return null;
  const isHeldUp = state === 'waiting';
  const title = isHeldUp ? IMPORT_DETAIL.heldUp(reason) : IMPORT_DETAIL.failedBecause(reason);
  return (
    <Alert
      color={isHeldUp ? 'yellow' : 'red'}
      variant="outline"
      role="alert"
      title={title}
      icon={<IconPlugConnectedX aria-hidden />}
      className={classes.trouble}
    >
      <Text>{ERRORS[reason as ErrorCode]?.todo}</Text>
      {isHeldUp && <Text c="dimmed">{IMPORT_DETAIL.heldUpText}</Text>}
    </Alert>
  );
}
