import { formatBytes, formatCount, formatDuration } from '../../lib/format.ts';
import { SETTINGS } from '../../texts/settings.ts';
import type { Setting } from './groups.ts';
import { kindOf, type Kind } from './kinds.ts';

/** A value for people, in a line. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return SETTINGS.none;
  if (Array.isArray(value)) return value.length === 0 ? SETTINGS.none : value.join(', ');
  if (typeof value === 'boolean') return value ? SETTINGS.on : SETTINGS.off;
  return typeof value === 'number' && Number.isInteger(value) ? formatCount(value) : String(value);
}

/** A number in the unit that people read; null where that would say nothing new. */
export function readableOf(kind: Kind, value: unknown): string | null {
  if (kind.kind !== 'number' || typeof value !== 'number') return null;
  if (kind.unit === 'ms' && value >= 1_000) return formatDuration(value);
  return kind.unit === 'bytes' && value >= 1_000 ? formatBytes(value) : null;
}

/** Whether the next start brings another value than the one in force. Of a secret, no more is known than that it is new. */
export function isPending({ takes_effect, value, next, is_set, is_saved, path }: Setting): boolean {
  const isOther = kindOf(path).kind === 'secret' ? is_saved && !is_set : !isSame(value, next);
  return takes_effect === 'at the next start' && isOther;
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
