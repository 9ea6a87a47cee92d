import type { ReactNode } from 'react';
import type { Tone } from '../app/theme.ts';
import { levelOf, type LogLevel } from '../lib/log-rows.ts';
import { LOGS } from '../texts/logs.ts';
import { StateBadge } from './state-badge.tsx';

const TONES: Record<LogLevel, Tone> = {
  trace: 'quiet',
  debug: 'quiet',
  info: 'active',
  warn: 'warning',
  error: 'bad',
  fatal: 'bad',
};

/** `level`: as pino numbers it. */
export function LogLevelBadge({ level }: { level: number }): ReactNode {
  const name = levelOf(level);
  return <StateBadge tone={TONES[name]} label={LOGS.levels[name]} />;
}
