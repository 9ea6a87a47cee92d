import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectRedis } from '../../../../src-core/adapters/queue-redis/connect.ts';
import type { TaskChange } from '../../../../src-core/adapters/queue-redis/hooks.ts';
import { createPlainChanges, type PlainChange } from '../../../../src-core/adapters/queue-redis/plain-changes.ts';
import { writeTaskDocuments } from '../../../../src-core/adapters/queue-redis/plain-documents.ts';
import type { TaskState } from '../../../../src-core/domain/task.ts';
import { startCutProxy } from '../../../support/cut-proxy.ts';
import { startRedis } from '../../../support/redis-server.ts';

const KEEP = { keepCompletedMs: 60_000, keepFailedMs: 120_000 };

function change(id: string, state: TaskState, at = 1_000): TaskChange {
  return { id, state, at, attempts: 0, workerId: 'w1' };
}

function gather(write?: (changes: readonly PlainChange[]) => Promise<void>) {
  const written: string[] = [];
  const failures: number[] = [];
  const changes = createPlainChanges({
    async write(batch) {
      await write?.(batch);
      written.push(...batch.map(({ id, state, late }) => `${id} ${state}${late ? ' late' : ''}`));
    },
    failed: (_, count) => void failures.push(count),
  });
  return { changes, written, failures };
}

describe('createPlainChanges', () => {
  it('writes an end at once, and an open task a moment later', async () => {
    const { changes, written } = gather();
    changes.add([change('a', 'active'), change('b', 'completed')]);
    await vi.waitFor(() => expect(written).toEqual(['b completed']), { interval: 1 });
    await vi.waitFor(() => expect(written).toEqual(['b completed', 'a active']));
  });

  it('writes a task that soon ends only once', async () => {
    const { changes, written } = gather();
    changes.add([change('a', 'active')]);
    changes.add([change('a', 'completed')]);
    await changes.flushed();
    expect(written).toEqual(['a completed']);
  });

  it('leaves nothing behind when it is flushed', async () => {
    const { changes, written } = gather();
    changes.add([change('a', 'active')]);
    await changes.flushed();
    expect(written).toEqual(['a active']);
  });

  it('tries again what could not be written, unless there is something newer to say', async () => {
    let down = true;
    const { changes, written, failures } = gather(async () => {
      if (!down) return;
      down = false;
      changes.add([change('a', 'failed')]);
      throw new Error('away');
    });
    changes.add([change('a', 'completed'), change('b', 'completed')]);
    await vi.waitFor(() => expect(written.toSorted()).toEqual(['a failed', 'b completed']), { timeout: 5_000 });
    expect(failures).toEqual([2]);
  });

  it('tells what a frozen process says late', async () => {
    const { changes, written } = gather();
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
    onTestFinished(() => clock.mockRestore());
    changes.add([change('a', 'active')]);
    clock.mockReturnValue(60_000);
    await vi.waitFor(() => expect(written).toEqual(['a active late']));
  });
});

describe('writeTaskDocuments', () => {
  it('lets nothing late replace what is newer', async () => {
    const { client, close } = await connectRedis((await startRedis()).url);
    onTestFinished(close);
    const write = (what: TaskChange, late: boolean): Promise<void> =>
      writeTaskDocuments(client, KEEP, [{ ...what, late }]);
    const read = async (): Promise<unknown> => JSON.parse((await client.get('task_status:a'))!);
    await write(change('a', 'active', 1_000), true);
    expect(await read()).toMatchObject({ status: 'active' });
    await write(change('a', 'completed', 3_000), true);
    await write(change('a', 'active', 2_000), true);
    expect(await read()).toMatchObject({ status: 'completed', updated_at_ms: 3_000 });
    expect(await client.pttl('task_status:a')).toBeLessThanOrEqual(60_000);
    await write(change('a', 'waiting', 4_000), false);
    expect(await read()).toMatchObject({ status: 'waiting' });
    expect(await client.pttl('task_status:a')).toBeGreaterThan(60_000);
  });

  it('comes through a connection that is cut', async () => {
    const proxy = await startCutProxy((await startRedis()).port);
    const { client, close } = await connectRedis(`redis://127.0.0.1:${proxy.port}`);
    onTestFinished(close);
    const { changes, failures } = gather((batch) => writeTaskDocuments(client, KEEP, batch));
    const cut = proxy.cutOnce({ afterReplyBytes: 12 });
    changes.add(Array.from({ length: 100 }, (_, n) => change(`t${n}`, 'completed')));
    await cut;
    await vi.waitFor(async () => expect(await client.dbsize()).toBe(100), { timeout: 10_000 });
    // The answers that had come through count; the others are asked for again, and so is the whole batch.
    expect(failures.length).toBeLessThanOrEqual(1);
  });
});
