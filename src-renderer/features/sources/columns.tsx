import { Group } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { toneColor } from '../../app/theme.ts';
import { formatCount } from '../../lib/format.ts';
import { SOURCES, WATCH } from '../../texts/sources.ts';
import { IMPORT_STATE_TEXTS } from '../../texts/states.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { Count } from '../../ui/count.tsx';
import { PageLink } from '../../ui/page-link.tsx';
import { PathName } from '../../ui/path-name.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { IMPORT_TONES } from '../../ui/tones.ts';
import type { SourceRow } from './use-sources.ts';

const texts = SOURCES.columns;

export const COLUMNS: readonly Column<SourceRow>[] = [
  {
    id: 'source',
    header: texts.source,
    size: 158,
    grow: 3,
    isFixed: true,
    cell: ({ source }) => <PathName path={source.path} />,
  },
  {
    id: 'kind',
    header: texts.kind,
    size: 92,
    cell: ({ source: { kind, watch } }) => (
      <Group gap={4} wrap="nowrap">
        {SOURCES.kinds[kind]}
        {watch && <IconEye size={14} role="img" aria-label={WATCH.watched} />}
      </Group>
    ),
  },
  { id: 'catalog', header: texts.catalog, size: 92, grow: 1, cell: ({ source }) => source.catalog },
  {
    id: 'pictures',
    header: texts.pictures,
    size: 82,
    align: 'end',
    cell: ({ source }) => <Count value={source.pictures} />,
  },
  {
    id: 'missing',
    header: texts.missing,
    size: 76,
    align: 'end',
    cell: ({ source: { missing } }) => (
      <span style={missing > 0 ? { color: toneColor('warning') } : undefined}>{formatCount(missing)}</span>
    ),
  },
  {
    id: 'rules',
    header: texts.rules,
    size: 78,
    cell: ({ source: { include, exclude } }) => SOURCES.rules(include.length, exclude.length),
  },
  {
    id: 'state',
    header: texts.state,
    size: 120,
    cell: ({ last }) => last && <StateBadge tone={IMPORT_TONES[last.state]} label={IMPORT_STATE_TEXTS[last.state]} />,
  },
  {
    id: 'scanned',
    header: texts.scanned,
    size: 100,
    cell: ({ last }) =>
      last ? (
        <PageLink to="/imports" search={{ import: last.import_id }} size="sm" tabIndex={-1}>
          <RelativeTime at={last.created_at} />
        </PageLink>
      ) : (
        SOURCES.never
      ),
  },
];
