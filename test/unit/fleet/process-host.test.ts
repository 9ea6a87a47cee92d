import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createForkHost } from '../../../src-main/fleet/process-host.ts';
import { isAlive } from '../../support/proc.ts';
import { eventually } from '../../support/fleet.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Runs `code` as a child and keeps what it sends and prints. */
async function child(code: string, env: Record<string, string> = {}) {
  const entry = join(await tempDir(), 'child.mjs');
  await writeFile(entry, code);
  const messages: unknown[] = [];
  const lines: string[] = [];
  const hosted = createForkHost().spawn({
    entry,
    env,
    onMessage: (message) => void messages.push(message),
    onOutput: (line, stream) => void lines.push(`${stream}: ${line}`),
  });
  return { hosted, messages, lines };
}

describe('the fork host', () => {
  it('hands over all that a child sent and printed before it resolves its exit', async () => {
    const { hosted, messages, lines } = await child(
      `for (let i = 0; i < 500; i++) process.send({ i });
       process.stdout.write('first\\nlast without a line end');
       process.stderr.write('trouble\\n');
       process.send({ env: process.env.GIVEN }, () => process.exit(3));`,
      { GIVEN: 'yes' },
    );
    expect(await hosted.exited).toEqual({ code: 3, signal: null });
    expect(messages).toHaveLength(501);
    expect(messages.at(-1)).toEqual({ env: 'yes' });
    expect(lines.toSorted()).toEqual(['stderr: trouble', 'stdout: first', 'stdout: last without a line end']);
  });

  it('carries bytes as bytes, both ways', async () => {
    const { hosted, messages } = await child(
      `process.on('message', (message) => process.send(message, () => process.disconnect()));`,
    );
    hosted.send({ bytes: new Uint8Array([1, 2, 255]) });
    await hosted.exited;
    expect(messages).toEqual([{ bytes: new Uint8Array([1, 2, 255]) }]);
  });

  it('tells which signal ended a child, and takes messages and signals for a dead one', async () => {
    const { hosted } = await child(`setInterval(() => {}, 1000); process.send('up');`);
    expect(isAlive(hosted.pid!)).toBe(true);
    hosted.kill('SIGKILL');
    hosted.send('on its way');
    expect(await hosted.exited).toEqual({ code: null, signal: 'SIGKILL' });
    hosted.send('too late');
    hosted.kill('SIGTERM');
    expect(isAlive(hosted.pid!)).toBe(false);
  });

  it('resolves the exit of a child whose own child keeps the pipes open', async () => {
    const { hosted, messages } = await child(
      `import { spawn } from 'node:child_process';
       const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true });
       process.send(pid, () => process.exit(0));`,
    );
    expect(await hosted.exited).toEqual({ code: 0, signal: null });
    const grandchild = messages[0] as number;
    expect(isAlive(grandchild)).toBe(true);
    process.kill(grandchild, 'SIGKILL');
    await eventually(() => expect(isAlive(grandchild)).toBe(false));
  });

  it('says why a child did not start', async () => {
    const lines: string[] = [];
    const onOutput = (line: string): void => void lines.push(line);
    const hosted = createForkHost().spawn({ entry: '/nowhere/worker.js', onMessage: () => {}, onOutput });
    expect(await hosted.exited).toEqual({ code: 1, signal: null });
    expect(lines.join('\n')).toContain('/nowhere/worker.js');
  });

  it('answers for a child that the system refuses to start', async () => {
    const { hosted, lines } = await child('', { TOO_LONG: 'x'.repeat(4_000_000) });
    expect(hosted.pid).toBeNull();
    expect(await hosted.exited).toEqual({ code: null, signal: null });
    expect(lines).toEqual([expect.stringContaining('stderr: cannot be started: ')]);
    hosted.send('hello');
    hosted.kill('SIGKILL');
  });
});
