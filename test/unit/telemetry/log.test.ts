import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-core/domain/app-error.ts';
import { createLogger, forwardLine, type LogOptions } from '../../../src-core/telemetry/log.ts';

function recorder(options: Partial<LogOptions> = {}) {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  const log = createLogger({ proc: 'host', level: 'info', format: 'json', write, ...options });
  return { log, written, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Runs `code` with a logger `log` in a process of its own. */
function logInChild(code: string, options: string) {
  const url = new URL('../../../src-core/telemetry/log.ts', import.meta.url).href;
  const script = `import { createLogger, forwardLine } from ${JSON.stringify(url)};
    const log = createLogger({ proc: 'cli', level: 'info', ${options} });\n${code}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

describe('a logger', () => {
  it('writes JSON lines with process and bindings, from its level on', () => {
    const { log, written, lines } = recorder({ bindings: { workerId: 'w-1' } });
    log.child({ taskId: 't-1' }).info({ rate: 3 }, 'hello');
    log.debug('too quiet');
    expect(lines()).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        proc: 'host',
        pid: process.pid,
        workerId: 'w-1',
        taskId: 't-1',
        rate: 3,
        msg: 'hello',
      },
    ]);
    expect(written[0]).toMatch(/\n$/);
  });

  it('says nothing when silent', () => {
    const { log, written } = recorder({ level: 'silent' });
    log.error('help');
    expect(written).toEqual([]);
  });

  it('keeps secrets to itself, however deep, and leaves the object as it was', () => {
    const { log, written } = recorder();
    const settings = {
      token: 'S3CRET',
      qdrant: { apiKey: 'S3CRET', headers: { authorization: 'S3CRET', 'api-key': 'S3CRET', host: 'h' } },
      users: [{ password: 'S3CRET', name: 'n' }],
    };
    const before = structuredClone(settings);
    log.warn(settings, 'settings');
    log.error({ error: new AppError('INTERNAL', 'no', { details: { token: 'S3CRET' } }) }, 'failed');
    log.child({ token: 'S3CRET' }).warn('bound');
    expect(written.join('')).not.toContain('S3CRET');
    expect(written[0]).toContain('"name":"n"');
    expect(settings).toEqual(before);
  });

  it('writes an error with its code, details and cause', () => {
    const { log, lines } = recorder();
    const error = new AppError('DISK_FULL', 'no room', { details: { free: 0 }, cause: new Error('ENOSPC') });
    log.error({ error }, 'failed');
    expect(lines()[0]?.error).toMatchObject({
      code: 'DISK_FULL',
      details: { free: 0 },
      stack: expect.stringContaining('caused by: Error: ENOSPC'),
    });
  });

  it('writes to stderr only, and loses nothing when the process exits at once', () => {
    const { stdout, stderr } = logInChild(
      `for (let i = 0; i < 5_000; i++) log.info({ i }); process.exit(0);`,
      `format: 'auto'`,
    );
    expect(stdout).toBe('');
    const lines = stderr.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { i: number }).i)).toEqual(
      Array.from({ length: 5_000 }, (_, i) => i),
    );
  });

  it('is readable by people when pretty, forwarded lines too', () => {
    const line = JSON.stringify({ level: 40, time: 0, proc: 'worker', workerId: 'w-1', msg: 'from afar' });
    const code = `log.info({ rate: 3 }, 'hello'); forwardLine(log, ${JSON.stringify(line)});`;
    const { stderr } = logInChild(code, `format: 'pretty'`);
    expect(stderr).toMatch(/INFO: hello\n\s+proc: "cli"\n\s+rate: 3/);
    expect(stderr).toMatch(/WARN: from afar\n\s+proc: "worker"\n\s+workerId: "w-1"/);
  });
});

describe("another process's line", () => {
  it('is written as it is', () => {
    const worker = recorder({ proc: 'worker', bindings: { workerId: 'w-1' } });
    worker.log.info('from a worker');
    const host = recorder();
    forwardLine(host.log, worker.written[0]!);
    forwardLine(host.log.child({ peer: 'w-1' }), worker.written[0]!);
    expect(host.written).toEqual([worker.written[0], worker.written[0]]);
  });

  it("is left out below the host's level", () => {
    const worker = recorder({ level: 'trace' });
    worker.log.debug('fine print');
    worker.log.warn('careful');
    const host = recorder({ level: 'warn' });
    for (const line of worker.written) forwardLine(host.log, line);
    expect(host.written).toEqual([worker.written[1]]);
    const silent = recorder({ level: 'silent' });
    for (const line of worker.written) forwardLine(silent.log, line);
    expect(silent.written).toEqual([]);
  });

  it.each(['not JSON', '[]', 'null', '{"msg":"no level"}'])('is wrapped when it is no log line: %s', (line) => {
    const { log, lines } = recorder();
    forwardLine(log, line);
    expect(lines()).toMatchObject([{ level: 40, line, msg: 'a line that is not a log line' }]);
  });
});
