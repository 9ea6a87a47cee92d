import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSqliteQueue } from '../../../src-core/adapters/queue-sqlite/open-sqlite-queue.ts';
import { traceparentOf } from '../../../src-core/domain/trace-context.ts';
import type { NewTask } from '../../../src-core/domain/task.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';
import { createLogger } from '../../../src-core/telemetry/log.ts';
import { traceQueue } from '../../../src-core/telemetry/traced-queue.ts';
import { openTracer } from '../../../src-core/telemetry/tracing.ts';
import { startCollector } from '../../support/collector.ts';
import { tempDir } from '../../support/temp-dir.ts';

const ELSEWHERE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}`;

async function tracing(ratio = 1) {
  const collector = await startCollector();
  const lines: string[] = [];
  const log = createLogger({ proc: 'test', level: 'info', format: 'json', write: (line) => void lines.push(line) });
  const settings = settingsSchema.parse({ tracing: { endpoint: `${collector.endpoint}/`, ratio } });
  const tracer = (await openTracer(settings, { proc: 'test', id: 'me', log }))!;
  onTestFinished(() => tracer.close());
  return { collector, tracer, lines, settings };
}

const newTask = (id: string): NewTask => ({ id, catalogId: 'c', importId: 'i', payload: { path: `/${id}` } });

it('is off, with nothing of it loaded, until there is somewhere to send traces to', async () => {
  const log = createLogger({ proc: 'test', level: 'silent', format: 'json' });
  expect(await openTracer(settingsSchema.parse({}), { proc: 'test', log })).toBeNull();
});

describe('a tracer', () => {
  it('sends spans with who made them, goes on with what others began, and nests what runs within', async () => {
    const { collector, tracer } = await tracing();
    const outer = tracer.start('outer', { kind: 'server', parent: `${ELSEWHERE}-01`, attributes: { a: 1, b: 'x' } });
    const inner = await tracer.within(outer, async () => {
      await Promise.resolve();
      return tracer.start('inner', { kind: 'internal', startedAt: 1_000, links: [`${ELSEWHERE}-01`, 'nonsense'] });
    });
    inner.fail('DISK_FULL', 'no room');
    inner.end(3_000);
    outer.end();
    const alone = tracer.start('alone', { kind: 'client', parent: 'nonsense' });
    alone.end();
    await tracer.close();
    const of = (name: string) => collector.spans.find((span) => span.name === name)!;
    expect(of('outer')).toMatchObject({
      kind: 'server',
      traceId: 'a'.repeat(32),
      parentId: 'b'.repeat(16),
      attributes: { a: 1, b: 'x' },
      resource: { 'service.name': 'imagefleet-test', 'service.instance.id': 'me', 'process.pid': process.pid },
    });
    expect(of('inner')).toMatchObject({
      traceId: 'a'.repeat(32),
      parentId: of('outer').spanId,
      from: 1_000,
      to: 3_000,
      failed: true,
      attributes: { 'error.type': 'DISK_FULL' },
      links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }],
    });
    expect(of('alone')).toMatchObject({ parentId: null, traceId: alone.traceId });
    expect(alone.traceparent).toBe(`00-${alone.traceId}-${of('alone').spanId}-01`);
  });

  it('keeps a share of the traces that begin here, and of others what was decided there', async () => {
    const { collector, tracer } = await tracing(0);
    const ours = tracer.start('ours', { kind: 'internal' });
    expect(ours.traceparent).toMatch(/-00$/);
    ours.end();
    tracer.start('kept', { kind: 'internal', parent: `${ELSEWHERE}-01` }).end();
    tracer.start('not kept', { kind: 'internal', parent: `${ELSEWHERE}-00` }).end();
    await tracer.close();
    expect(collector.spans.map(({ name }) => name)).toEqual(['kept']);
  });

  it('says once that its collector takes nothing, and that it does again', async () => {
    const { collector, tracer, lines } = await tracing();
    collector.refuse = true;
    for (const round of [1, 2]) {
      tracer.start('lost', { kind: 'internal' }).end();
      await vi.waitFor(() => expect(collector.requests).toBe(round), { timeout: 10_000 });
    }
    await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0));
    collector.refuse = false;
    tracer.start('taken', { kind: 'internal' }).end();
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 10_000 });
    expect(lines.join('')).toMatch(/traces are lost.*\n.*takes traces again/);
  });
});

async function traced() {
  const { collector, tracer, settings } = await tracing();
  const plain = await openSqliteQueue({ path: join(await tempDir(), 'queue.db'), settings });
  onTestFinished(() => plain.close());
  return { collector, tracer, plain, queue: traceQueue(plain, 'image_indexing_queue', tracer) };
}

describe('a traced queue', () => {
  it('lets a task go on with what enqueues it', async () => {
    const { collector, tracer, queue } = await traced();
    const request = tracer.start('request', { kind: 'server' });
    await tracer.within(request, () => queue.enqueue([newTask('one')]));
    request.end();
    await tracer.close();
    const send = collector.spans.find(({ name }) => name === 'send image_indexing_queue')!;
    expect(send).toMatchObject({
      kind: 'producer',
      traceId: request.traceId,
      attributes: {
        'messaging.system': 'imagefleet',
        'messaging.destination.name': 'image_indexing_queue',
        'messaging.operation.type': 'send',
        'messaging.message.id': 'one',
        'imagefleet.import.id': 'i',
      },
    });
    const task = await queue.get('one');
    expect(task?.payload).toEqual({ path: '/one', traceparent: `00-${send.traceId}-${send.spanId}-01` });
  });

  it('gives each of many a trace of its own, linked with the sending', async () => {
    const { collector, tracer, queue } = await traced();
    await queue.enqueue([newTask('one'), newTask('two')]);
    await queue.enqueue([]);
    await tracer.close();
    const created = collector.spans.filter(({ name }) => name === 'create image_indexing_queue');
    expect(new Set(created.map(({ traceId }) => traceId)).size).toBe(2);
    const send = collector.spans.find(({ name }) => name === 'send image_indexing_queue');
    expect(send).toMatchObject({ kind: 'client', attributes: { 'messaging.batch.message_count': 2 } });
    expect(send!.links.map(({ spanId }) => spanId)).toEqual(created.map(({ spanId }) => spanId));
    const carried = await Promise.all(['one', 'two'].map(async (id) => traceparentOf((await queue.get(id))!.payload)));
    expect(carried).toEqual(created.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  });

  it('changes nothing about which task is the same', async () => {
    const { queue, plain } = await traced();
    expect(await queue.enqueue([newTask('same')])).toMatchObject([{ id: 'same', created: true }]);
    const before = await plain.get('same');
    expect(await queue.enqueue([newTask('same')])).toMatchObject([{ id: 'same', created: false }]);
    expect(await plain.enqueue([newTask('same')])).toMatchObject([{ id: 'same', created: false }]);
    expect(await plain.get('same')).toEqual(before);
  });
});
