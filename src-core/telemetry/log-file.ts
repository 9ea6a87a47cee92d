import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFileOptions {
  folder: string;
  /** A file that would grow beyond this is followed by another. */
  maxBytes: number;
  /** How many files there are at most, the one that is written included. */
  keep: number;
}

export interface LogFile {
  write(line: string): void;
  close(): void;
}

/**
 * Log lines in `imagefleet.log`, older ones in `imagefleet.1.log` and so on. Written at once, as stderr is: what was logged
 * before a crash is there. A file that cannot be written (a full disk) is told on stderr once; it must stop nothing.
 */
export function openLogFile({ folder, maxBytes, keep }: LogFileOptions): LogFile {
  const nameOf = (age: number): string => join(folder, age === 0 ? 'imagefleet.log' : `imagefleet.${age}.log`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let file: number | null = null;
  let size = 0;
  let failing = false;

  function open(): number {
    const opened = openSync(nameOf(0), 'a', 0o600);
    size = fstatSync(opened).size;
    return opened;
  }

  function rotate(): void {
    close();
    rmSync(nameOf(keep - 1), { force: true });
    for (let age = keep - 2; age >= 0; age--) {
      try {
        renameSync(nameOf(age), nameOf(age + 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // not that many yet
      }
    }
  }

  function close(): void {
    if (file !== null) closeSync(file);
    file = null;
  }

  return {
    write(line) {
      try {
        file ??= open();
        const bytes = Buffer.byteLength(line);
        if (size > 0 && size + bytes > maxBytes) {
          rotate();
          file = open();
        }
        writeSync(file, line);
        size += bytes;
        failing = false;
      } catch (error) {
        if (!failing) process.stderr.write(`the log file cannot be written: ${(error as Error).message}\n`);
        failing = true;
      }
    },
    close,
  };
}
