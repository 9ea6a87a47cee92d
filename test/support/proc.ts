import { readdirSync, readFileSync } from 'node:fs';

/** Reading Linux's /proc: for tests and benchmarks that look at processes from outside. */

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}

/** State letter, parent and process group of a process; null when it is gone. A zombie counts as gone. */
export function processInfo(pid: number): { state: string; parent: number; group: number } | null {
  // The command's name stands in parentheses and may hold anything.
  const [state = '', parent = '', group = ''] = read(`/proc/${pid}/stat`).split(') ').pop()?.split(' ') ?? [];
  return state === '' || state === 'Z' || state === 'X'
    ? null
    : { state, parent: Number(parent), group: Number(group) };
}

export function isAlive(pid: number): boolean {
  return processInfo(pid) !== null;
}

/** Direct children that are alive. */
export function childrenOf(pid: number): number[] {
  return processes().filter((child) => processInfo(child)?.parent === pid);
}

/** Processes of a group that are alive; a child that was spawned `detached` leads one. */
export function membersOf(group: number): number[] {
  return processes().filter((pid) => processInfo(pid)?.group === group);
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Largest resident memory so far, in bytes; 0 when the process is gone. */
export function peakRss(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}

/** CPU time so far, user and system, in ms; 0 when the process is gone. Linux counts in ticks of 10 ms everywhere. */
export function cpuTimeMs(pid: number): number {
  const fields = read(`/proc/${pid}/stat`).split(') ').pop()?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

export function commandLine(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
}
