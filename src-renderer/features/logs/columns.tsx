import type { ReactNode } from 'react';
import { fieldOf, type LogLine, type LogRow } from '../../lib/log-rows.ts';
import { formatClock, formatCount, formatExact } from '../../lib/format.ts';
import { LOGS } from '../../texts/logs.ts';
import type { Column } from '../../ui/data-table/column.ts';
import { LogLevelBadge } from '../../ui/log-level.tsx';
import { fieldsText } from './fields-text.ts';
import classes from './logs.module.css';

const texts = LOGS.columns;

export const LOG_TABLE: readonly Column<LogRow>[] = [
  {
    id: 'time',
    header: texts.time,
    size: 116,
    isFixed: true,
    cell: lineCell(({ at }) => {
      const time = Date.parse(at);
      return (
        <time dateTime={at} title={formatExact(time)} className={classes.time}>
          {formatClock(time)}
        </time>
      );
    }),
  },
  { id: 'level', header: texts.level, size: 92, cell: lineCell(({ level }) => <LogLevelBadge level={level} />) },
  { id: 'proc', header: texts.proc, size: 76, cell: lineCell((line) => fieldOf(line, 'proc')) },
  {
    id: 'worker',
    header: texts.worker,
    size: 120,
    cell: lineCell((line) => <span title={fieldOf(line, 'workerId') ?? ''}>{fieldOf(line, 'workerId')}</span>),
  },
  {
    id: 'message',
    header: texts.message,
    size: 190,
    grow: 2,
    isFixed: true,
    cell: (row) => ('line' in row ? <Message line={row.line} /> : <Gap missed={row.missed} />),
  },
  {
    id: 'fields',
    header: texts.fields,
    size: 200,
    grow: 3,
    cell: lineCell((line) => <span className={classes.fields}>{fieldsText(line)}</span>),
  },
];

function lineCell(draw: (line: LogLine) => ReactNode): (row: LogRow) => ReactNode {
  return (row) => ('line' in row ? draw(row.line) : null);
}

function Message({ line: { message } }: { line: LogLine }): ReactNode {
  return (
    <span className={classes.message} title={message}>
      {message}
    </span>
  );
}

function Gap({ missed }: { missed: number | null }): ReactNode {
  return <span className={classes.gap}>{missed === null ? LOGS.restarted : LOGS.missed(formatCount(missed))}</span>;
}
