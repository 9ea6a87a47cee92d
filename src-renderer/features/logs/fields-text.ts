import type { LogLine } from '../../lib/log-rows.ts';

/** Those that have a column of their own, or are the same in every line of a process. */
const ELSEWHERE = new Set(['proc', 'workerId', 'pid', 'hostname']);
/** Ids that are long and say little by themselves: at the end. */
const LAST = new Set(['reqId', 'traceId', 'spanId']);

/** What a line says besides its message, in a line: what happened first, ids last. */
export function fieldsText({ fields }: LogLine): string {
  const said = Object.entries(fields).filter(([name]) => !ELSEWHERE.has(name));
  const [ids, facts] = [said.filter(([name]) => LAST.has(name)), said.filter(([name]) => !LAST.has(name))];
  return [...facts, ...ids].map(([name, value]) => fieldText(name, value)).join('  ');
}

function fieldText(name: string, value: unknown): string {
  if (name === 'responseTime' && typeof value === 'number') return `${value.toFixed(1)} ms`;
  if (typeof value !== 'object' || value === null) return `${name}=${String(value)}`;
  const { method, url, statusCode, code, message } = value as Record<string, unknown>;
  if (method !== undefined && url !== undefined) return `${String(method)} ${String(url)}`;
  if (statusCode !== undefined) return String(statusCode);
  if (message !== undefined) return [code, message].filter((part) => part !== undefined).join(': ');
  return `${name}=${JSON.stringify(value)}`;
}
