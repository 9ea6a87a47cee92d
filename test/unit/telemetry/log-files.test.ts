import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { openDataDir } from '../../../src-core/settings/data-dir.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { openLogFile } from '../../../src-core/telemetry/log-file.ts';
import { createLogRing } from '../../../src-core/telemetry/log-ring.ts';
import { createLogger } from '../../../src-core/telemetry/log.ts';
import { createTroubleWatch } from '../../../src-core/telemetry/trouble-watch.ts';
import { createConsole } from '../../../src-main/console.ts';
import { tempDir } from '../../support/temp-dir.ts';

const line = (level: number, msg: string): string => `${JSON.stringify({ level, time: 5, msg, proc: 'host' })}\n`;

describe('log files', () => {
  it('are followed by others when they are full, of which the newest are kept', async () => {
    const folder = join(await tempDir(), 'logs');
    const file = openLogFile({ folder, maxBytes: 25, keep: 3 });
    for (let n = 0; n < 10; n++) file.write(`line ${n} ü\n`);
    file.close();
    // Ten bytes each, so two in a file.
    const texts = await Promise.all(
      ['imagefleet.log', 'imagefleet.1.log', 'imagefleet.2.log'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(texts).toEqual(['line 8 ü\nline 9 ü\n', 'line 6 ü\nline 7 ü\n', 'line 4 ü\nline 5 ü\n']);
    expect(await readdir(folder)).toHaveLength(3);
    expect((await stat(join(folder, 'imagefleet.log'))).mode & 0o777).toBe(0o600);
  });

  it('go on where an earlier run ended, and take a line that is larger than a file', async () => {
    const folder = await tempDir();
    for (const text of ['first\n', 'second\n', `${'x'.repeat(50)}\n`]) {
      const file = openLogFile({ folder, maxBytes: 20, keep: 2 });
      file.write(text);
      file.close();
    }
    expect(await readFile(join(folder, 'imagefleet.1.log'), 'utf8')).toBe('first\nsecond\n');
    expect(await readFile(join(folder, 'imagefleet.log'), 'utf8')).toHaveLength(51);
  });

  it('stop nothing where they cannot be written, and say so once', async () => {
    const folder = await tempDir();
    const file = openLogFile({ folder: join(folder, 'sub'), maxBytes: 20, keep: 2 });
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => told.mockRestore());
    await rm(join(folder, 'sub'), { recursive: true });
    await writeFile(join(folder, 'sub'), 'a file in its place');
    file.write('lost\n');
    file.write('lost\n');
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('are written by a console whose settings say so, beside the stream, and its ring has the same', async () => {
    const dataDir = await openDataDir(await tempDir());
    const streamed: string[] = [];
    const console = createConsole({
      settings: settingsSchema.parse({ log: { level: 'info', format: 'pretty', toFile: true } }),
      dataDir,
      proc: 'test',
      logTo: { write: (line) => void streamed.push(line), terminal: false },
    });
    (await console.log()).info({ apiKey: 'S3CRET', rate: 3 }, 'hello');
    await console.close();
    const [line = ''] = (await readFile(join(dataDir.root, 'logs', 'imagefleet.log'), 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ proc: 'test', rate: 3, msg: 'hello' });
    expect(streamed.join('')).toMatch(/INFO: hello/);
    const recent = console.recentLogs.lines();
    expect(recent).toMatchObject([{ seq: 1, level: 30, message: 'hello', fields: { rate: 3, apiKey: '[redacted]' } }]);
  });
});

describe('the ring of recent lines', () => {
  it('keeps the newest, answers what came since, and what is bad enough', () => {
    const ring = createLogRing(3);
    for (const [n, level] of [30, 40, 30, 50].entries()) ring.add(line(level, `m${n}`));
    expect(ring.lines().map(({ message }) => message)).toEqual(['m1', 'm2', 'm3']);
    expect(ring.lines({ since: 3 })).toEqual([{ seq: 4, level: 50, at: 5, message: 'm3', fields: { proc: 'host' } }]);
    expect(ring.lines({ since: 4 })).toEqual([]);
    expect(ring.lines({ level: 'warn' }).map(({ message }) => message)).toEqual(['m1', 'm3']);
    expect(ring.lines({ limit: 1 }).map(({ message }) => message)).toEqual(['m3']);
  });

  it('keeps what is no log line, and cuts what is endless', () => {
    const ring = createLogRing();
    ring.add('Segmentation fault\n');
    ring.add(JSON.stringify({ level: 50, time: 1, msg: 'm', stack: 'x'.repeat(100_000) }));
    const [first, second] = ring.lines();
    expect(first).toMatchObject({ level: 40, message: 'Segmentation fault' });
    expect(JSON.stringify(second).length).toBeLessThan(9_000);
  });
});

describe('trouble with a backend', () => {
  it('is new once, and again after a quiet minute', () => {
    let now = 0;
    const isNew = createTroubleWatch(() => now);
    const queue = new AppError('QUEUE_UNAVAILABLE', 'away');
    const seen: boolean[] = [];
    for (now of [0, 1_000, 60_000, 120_000, 180_001]) seen.push(isNew(queue));
    expect(seen).toEqual([true, false, false, false, true]);
    expect(isNew(new AppError('STORE_UNAVAILABLE', 'away'))).toBe(true);
  });

  it('is logged without a stack, a defect with one', () => {
    const lines: string[] = [];
    const log = createLogger({ proc: 'host', level: 'info', format: 'json', write: (line) => void lines.push(line) });
    log.warn({ error: new AppError('QUEUE_UNAVAILABLE', 'no answer', { details: { port: 9 } }) }, 'away');
    log.error({ error: new AppError('INTERNAL', 'a defect') }, 'failed');
    const [outage, defect] = lines.map((text) => JSON.parse(text) as { error: Record<string, unknown> });
    expect(outage!.error).toMatchObject({ code: 'QUEUE_UNAVAILABLE', message: 'no answer', details: { port: 9 } });
    expect(lines[0]).not.toContain('    at ');
    expect(defect!.error.stack).toContain('    at ');
  });
});
