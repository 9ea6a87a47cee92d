import { closeSync, openSync, rmSync } from 'node:fs';
import { chmod, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Events, Listener, OpenEvents } from '../../../../src-core/files/watch/events.ts';
import { openFileEvents } from '../../../../src-core/files/watch/file-events.ts';
import { asOrdinaryUser } from '../../../support/ordinary-user.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { pictureFolder, until, watchHere } from './rig.ts';

/** Looks at everything this often though events are relied on. */
const OFTEN = { rescanMs: 50, proofMs: 200 } as const;

function deafEvents(more: Partial<Events> = {}): OpenEvents {
  return async () => ({ watch() {}, unwatch() {}, async close() {}, ...more });
}

test('changes that events do not tell are found, and events no longer relied on', async () => {
  const root = await pictureFolder();
  const { hears, states } = await watchHere({ root, ...OFTEN }, deafEvents());
  expect(states).toEqual([{ mode: 'events', reason: null }]);
  await writeFile(join(root, 'a', '1.jpg'), 'overwritten');
  await hears('./a');
  await until(() => expect(states).toHaveLength(2));
  expect(states[1]).toEqual({
    mode: 'polling',
    reason: `file events did not tell of a change in ${join(root, 'a')}`,
  });
  await writeFile(join(root, 'b', '4.jpg'), '');
  await hears('./b');
});

test('events that were asked for stay, whatever they miss', async () => {
  const root = await pictureFolder();
  const { hears, states } = await watchHere({ root, mode: 'events', ...OFTEN, proofMs: 0 }, deafEvents());
  for (const text of ['one', 'three']) {
    await writeFile(join(root, 'a', '1.jpg'), text);
    await hears('./a');
  }
  expect(states).toEqual([{ mode: 'events', reason: null }]);
});

test('events that tell are relied on, though looks find the same', async () => {
  const root = await pictureFolder();
  const { hears, states } = await watchHere({ root, ...OFTEN, proofMs: 1_000 });
  for (let n = 0; n < 30; n++) {
    await writeFile(join(root, 'a', '1.jpg'), 'x'.repeat(n));
    await hears('./a');
  }
  expect(states).toEqual([{ mode: 'events', reason: null }]);
});

test('a picture with a second name outside may change without an event', async () => {
  const root = await pictureFolder();
  const outside = join(await tempDir(), 'outside.jpg');
  await link(join(root, 'a', '1.jpg'), outside);
  const { hears, states } = await watchHere({ root, ...OFTEN, proofMs: 0 });
  for (const text of ['one', 'three']) {
    await writeFile(outside, text);
    await hears('./a');
  }
  expect(states).toEqual([{ mode: 'events', reason: null }]);
});

test('where events cannot be had it looks', async () => {
  const root = await pictureFolder();
  const { hears, states } = await watchHere({ root }, async () => {
    throw new Error('no such thing here');
  });
  expect(states).toEqual([{ mode: 'polling', reason: 'file events are not to be had: no such thing here' }]);
  await writeFile(join(root, 'a', '4.jpg'), '');
  await hears('./a');
});

test('where watches run out it gives back those it has, and looks', async () => {
  const root = await pictureFolder();
  let watches = 0;
  let closed = 0;
  const { hears, states } = await watchHere(
    { root },
    deafEvents({
      watch() {
        if (++watches === 2) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      },
      async close() {
        closed++;
      },
    }),
  );
  expect(closed).toBe(1);
  expect(states.at(-1)).toEqual({
    mode: 'polling',
    reason: 'the system gives no more file watches: ENOSPC: no space left',
  });
  await writeFile(join(root, 'b', '4.jpg'), '');
  await hears('./b');
});

test('when events were lost all is told, and what is new is watched', async () => {
  const root = await pictureFolder();
  let listener: Listener | undefined;
  const watched = new Set<string>();
  const { hears, states } = await watchHere({ root, proofMs: 0 }, async (_root, heard) => {
    listener = heard;
    return { watch: (folder) => void watched.add(folder), unwatch() {}, async close() {} };
  });
  await mkdir(join(root, 'unheard', 'deep'), { recursive: true });
  listener?.lost();
  await hears('./**');
  expect(watched).toContain(join(root, 'unheard', 'deep'));
  expect(states).toEqual([{ mode: 'events', reason: null }]);
});

test('more events in one turn than half of what the kernel keeps count as lost', async () => {
  const root = await pictureFolder();
  let lost = 0;
  const told = new Set<string>();
  const events = await openFileEvents(root, {
    hear: (folder, name) => void told.add(join(folder, name ?? '')),
    lost: () => lost++,
  });
  events.watch(join(root, 'a'));
  // Nothing is awaited: all of it lies in the queue when the loop turns.
  for (let n = 0; n < 5_000; n++) {
    closeSync(openSync(join(root, 'a', 'same.jpg'), 'w'));
    rmSync(join(root, 'a', 'same.jpg'));
  }
  await until(() => expect(lost).toBe(1));
  await events.close();
});

test('one watch of a whole tree, as macOS and Windows have it', async () => {
  const root = await pictureFolder();
  const told = new Set<string>();
  const listener = {
    hear: (folder: string, name: string | null, content: boolean) =>
      void told.add(`${join(folder, name ?? '')} ${content}`),
    lost() {},
  };
  const events = await openFileEvents(root, listener, true);
  events.watch(root);
  events.watch(join(root, 'a'));
  await writeFile(join(root, 'a', '1.jpg'), 'other');
  await mkdir(join(root, 'b', 'new'));
  await until(() => {
    expect(told).toContain(`${join(root, 'a', '1.jpg')} true`);
    expect(told).toContain(`${join(root, 'b', 'new')} false`);
  });
  await events.close();
});

test('events of a whole tree about folders that are not known', async () => {
  const root = await pictureFolder();
  let listener: Listener | undefined;
  const { hears, answers } = await watchHere({ root }, async (_root, heard) => {
    listener = heard;
    return { watch() {}, unwatch() {}, async close() {} };
  });
  await mkdir(join(root, 'new', 'deep'), { recursive: true });
  await mkdir(join(root, '.hidden'));
  listener?.hear(join(root, '.hidden'), '1.jpg', false);
  listener?.hear(join(root, 'new', 'deep'), '1.jpg', false);
  await hears('./new/**');
  expect(answers.flat()).toEqual([]);
});

test('a folder that cannot be read is passed over, and told when it can', async () => {
  await asOrdinaryUser(async () => {
    const root = await pictureFolder();
    await chmod(join(root, 'a'), 0o000);
    const { hears, answers } = await watchHere({ root, mode: 'polling' });
    await writeFile(join(root, 'b', '4.jpg'), '');
    await hears('./b');
    expect(answers).toEqual([]);
    await chmod(join(root, 'a'), 0o755);
    await hears('./a');
    await chmod(join(root, 'a'), 0o000);
    await writeFile(join(root, 'b', '5.jpg'), '');
    await hears('./b');
    expect(answers).toEqual([]);
  });
});
