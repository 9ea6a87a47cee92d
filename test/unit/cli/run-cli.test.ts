import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src-main/cli/run-cli.ts';
import { cliInProcess } from '../../support/cli.ts';
import { tempDir } from '../../support/temp-dir.ts';

const UUID = '0b9c5a1e-3b1f-5d8a-9c53-2f1f5f0f6a11';

describe('usage', () => {
  it.each([
    ['an unknown command', ['indx'], "unknown command 'indx' (Did you mean index?)"],
    ['an unknown option', ['tasks', '--stat', 'failed'], "unknown option '--stat' (Did you mean --state?)"],
    ['a missing argument', ['index'], "missing required argument 'path'"],
    ['too many arguments', ['status', 'now'], "too many arguments for 'status'"],
    ['a value that is none', ['tasks', '--state', 'done'], "argument 'done' is invalid"],
    ['a limit that is no number', ['tasks', '--limit', '1e3'], 'It must be a whole number from 1 to 100000.'],
    [
      'a number of workers that is none',
      ['index', '.', '--workers', 'two'],
      'It must be a whole number from 0 to 256.',
    ],
    ['a score out of range', ['search', 'a.png', '--min-score', '2'], 'It must be a number from -1 to 1.'],
    ['a setting without a value', ['status', '--set', 'limits.maxBytes'], 'It must look like limits.maxBytes=1000000.'],
    ['an unknown setting', ['status', '--set', 'limits.bytes=1'], 'There is no setting "limits.bytes"'],
    ['a setting out of range', ['status', '--set', 'limits.maxBytes=-1'], 'limits.maxBytes'],
    ['nothing to retry', ['retry'], 'retry needs task ids, --error CODE, --all-failed or --delayed'],
    ['two ways to retry', ['retry', 'a', '--all-failed'], 'not both'],
    ['nothing to cancel', ['cancel'], 'cancel needs task ids, --import ID or --all'],
    ['two ways to cancel', ['cancel', 'a', '--all'], 'one of them'],
    ['a path that is not there', ['index', '/no/such/folder'], 'there is no file or folder /no/such/folder'],
    ['a picture that is not there', ['search', '/no/such.png'], 'there is no file /no/such.png'],
    ['words where a picture belongs', ['search', 'red shoes'], 'to search by words: --text "red shoes"'],
    ['no picture at all', ['search'], 'search needs a picture'],
    ['a score without a picture', ['search', '--text', 'red', '--min-score', '0'], '--min-score need a picture'],
    ['a dislike without a like', ['search', '--text', 'red', '--unlike', 'a.png'], '--unlike and --min-score need'],
    ['a text without a word', ['search', '--text', '*'], 'no letter or digit'],
    ['an id that is none', ['search', '--id', 'cat'], '"cat" is not an image id'],
    ['an unknown import', ['imports', UUID], `there is no import ${UUID}`],
    ['an unknown task', ['retry', UUID], `there is no task ${UUID}`],
    ['an unknown catalog', ['catalogs', 'rename', 'a', 'b'], 'there is no catalog “a”; there is none yet'],
  ])('of %s ends with 2, one line and a hint', async (_what, args, message) => {
    const dataDir = await tempDir();
    const plain = await cliInProcess(dataDir, ...args);
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toContain(message);
    expect(plain.stderr).toMatch(/^imagefleet: [^\n]+\n {2}[^\n]+\n$/);

    const json = await cliInProcess(dataDir, '--json', ...args);
    expect(json).toMatchObject({ code: 2, stderr: '' });
    const { error } = JSON.parse(json.stdout) as { error: Record<string, unknown> };
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), todo: expect.any(String), details: {} });
  });

  it('refuses Prometheus as JSON', async () => {
    const { code, stdout } = await cliInProcess(await tempDir(), 'stats', '--prometheus', '--json');
    expect(code).toBe(2);
    expect(stdout).toContain('format of its own');
  });

  it('shows help on stderr, and 2, when there is no command', async () => {
    const { code, stdout, stderr } = await cliInProcess(await tempDir());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: imagefleet');
  });
});

/** Runs a command whose output cannot be written, for this reason. */
async function runBroken(code: string, ...args: string[]) {
  const exits: number[] = [];
  let stderr = '';
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: it is so, write`), { code })),
  });
  const answer = await runCli(args, {
    stdout,
    stderr: new Writable({
      write(chunk, _encoding, done) {
        stderr += String(chunk);
        done();
      },
    }),
    env: { IMAGEFLEET_DATA_DIR: await tempDir() },
    onInterrupt: () => () => {},
    exit: (exitCode) => exits.push(exitCode),
  });
  return { code: answer, exits, stderr };
}

describe('stdout', () => {
  it.each([['tasks'], ['stats', '--json'], ['imports', '--csv']])(
    'that nobody reads is no error of %s',
    async (...args) => {
      expect(await runBroken('EPIPE', ...args)).toEqual({ code: 0, exits: [0], stderr: '' });
    },
  );

  it('on a full disk ends with 1 and says so', async () => {
    const { code, exits, stderr } = await runBroken('ENOSPC', 'tasks');
    expect({ code, exits }).toEqual({ code: 1, exits: [] });
    expect(stderr).toMatch(/^imagefleet: ENOSPC[^\n]+\n {2}Free some space[^\n]+\n$/);
  });
});

describe('backends', () => {
  it('that cannot be opened end with 3 and the reason', async () => {
    const file = join(await tempDir(), 'file');
    await writeFile(file, '');
    const { code, stdout } = await cliInProcess(join(file, 'data'), 'status', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'DATA_DIR_UNUSABLE', message: expect.stringContaining(file) },
    });
  });

  it('of a newer version end with 3', async () => {
    const dataDir = await tempDir();
    const db = new DatabaseSync(join(dataDir, 'queue.db'));
    db.exec('PRAGMA user_version = 9999');
    db.close();
    const { code, stderr } = await cliInProcess(dataDir, 'stats');
    expect(code).toBe(3);
    expect(stderr).toContain('Update Imagefleet.');
  });

  it('are found wanting by doctor, which ends with 1', async () => {
    const dataDir = await tempDir();
    await writeFile(join(dataDir, 'vectors.db'), 'this is not a database'.repeat(100));
    const { code, stdout } = await cliInProcess(dataDir, 'doctor', '--json');
    expect(code).toBe(1);
    const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: { name: string; status: string }[] };
    expect(healthy).toBe(false);
    expect(checks.filter(({ status }) => status === 'fail').map(({ name }) => name)).toEqual(['store']);
  });
});

describe('an empty data dir', () => {
  it.each([
    [['status'], 'queue     0 waiting, 0 active, 0 delayed, 0 failed'],
    [['stats'], 'waiting'],
    [['workers'], 'No worker is running.'],
    [['imports'], 'Nothing was imported yet'],
    [['tasks'], 'No such tasks.'],
    [['catalogs'], 'There is no catalog yet'],
    [['retry', '--all-failed'], '0 tasks will run again.'],
    [['cancel', '--all'], 'Cancelled 0 tasks.'],
    [['stats', '--prometheus'], 'imagefleet_queue_size{state="waiting"} 0'],
  ])('is told of by %j', async (args, text) => {
    const { code, stdout, stderr } = await cliInProcess(await tempDir(), ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(text);
  });

  it.each([['status'], ['stats'], ['workers'], ['imports'], ['tasks'], ['catalogs']])(
    'is one JSON document of %s',
    async (command) => {
      const { code, stdout, stderr } = await cliInProcess(await tempDir(), command, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.split('\n')).toHaveLength(2);
      const keys = JSON.stringify(JSON.parse(stdout)).match(/"[^"]*":/g) ?? [];
      expect(keys.filter((key) => /[A-Z]/.test(key))).toEqual([]);
    },
  );

  it('remembers a pause', async () => {
    const dataDir = await tempDir();
    expect((await cliInProcess(dataDir, 'pause')).stdout).toBe('The queue is paused.\n');
    expect((await cliInProcess(dataDir, 'status')).stdout).toContain('; paused');
    expect((await cliInProcess(dataDir, 'resume')).stdout).toBe('The queue goes on.\n');
    expect((await cliInProcess(dataDir, 'status')).stdout).not.toContain('paused');
  });
});
