import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useApi, useMayChange } from '../../app/context.ts';
import { nameOfPath } from '../../lib/path-names.ts';
import { SOURCES } from '../../texts/sources.ts';
import { IMPORT_STATE_TEXTS } from '../../texts/states.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Count } from '../../ui/count.tsx';
import { KeyValue } from '../../ui/key-value.tsx';
import { notifyDone, notifyProblem } from '../../ui/notify.ts';
import { PageButton } from '../../ui/page-link.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { IMPORT_TONES } from '../../ui/tones.ts';
import { WatchSwitch } from '../../ui/watch-switch.tsx';
import { MovePanel } from './move-panel.tsx';
import { PrunePanel, RemovePanel } from './leave-panels.tsx';
import { RulesPanel } from './rules-panel.tsx';
import type { SourceRow } from './use-sources.ts';
import { VerifyPanel } from './verify-panel.tsx';

const texts = SOURCES.detail;

interface SourceDetailProps {
  row: SourceRow;
  onGone(): void;
}

export function SourceDetail({ row, onGone }: SourceDetailProps): ReactNode {
  const { source, last } = row;
  return (
    <Stack gap="md">
      <KeyValue
        items={[
          [
            texts.path,
            <>
              {source.path} <CopyButton value={source.path} label={texts.copyPath} />
            </>,
          ],
          [texts.kind, SOURCES.kinds[source.kind]],
          [texts.catalog, source.catalog],
          [texts.pictures, <Count key="pictures" value={source.pictures} />],
          [texts.missing, <Count key="missing" value={source.missing} />],
          [texts.since, <RelativeTime key="since" at={source.created_at} />],
          [texts.scanned, last && <LastScan key="scanned" row={row} />],
        ]}
      />
      <Group gap="sm">
        <ScanButton row={row} />
        {last && (
          <PageButton to="/imports" search={{ import: last.import_id }} size="xs" variant="default">
            {texts.showImport}
          </PageButton>
        )}
        <WatchSwitch source={source} />
      </Group>
      <VerifyPanel source={source} />
      <RulesPanel source={source} />
      <PrunePanel source={source} />
      <MovePanel source={source} />
      <RemovePanel source={source} onGone={onGone} />
    </Stack>
  );
}

function LastScan({ row: { last } }: { row: SourceRow }): ReactNode {
  if (!last) return null;
  return (
    <Group gap="sm">
      <RelativeTime at={last.created_at} />
      <StateBadge tone={IMPORT_TONES[last.state]} label={IMPORT_STATE_TEXTS[last.state]} />
    </Group>
  );
}

/** Another import of it: what is known and unchanged is skipped. */
function ScanButton({ row: { source, last } }: { row: SourceRow }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.imports.start.call({ path: source.path, catalog: source.catalog }),
    onSuccess: () => {
      notifyDone(SOURCES.scanning(nameOfPath(source.path)));
      return queries.invalidateQueries({ queryKey: api.imports.key() });
    },
    onError: (error) => notifyProblem(error),
  });
  return (
    <Button
      size="xs"
      leftSection={<IconRefresh size={15} aria-hidden />}
      disabled={!mayChange || (last !== null && last.finished_at === null)}
      loading={isPending}
      onClick={() => mutate()}
    >
      {SOURCES.scan}
    </Button>
  );
}
