import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { enqueueBatch, enqueueRequest } from '../../../src-core/contract/queue.ts';
import { AppError, toAppError } from '../../../src-core/domain/app-error.ts';
import { inBatches } from '../../../src-core/domain/pages.ts';
import { enqueueItems } from './batch.ts';
import { checkedInput } from './input.ts';
import type { Intake } from './intake.ts';
import { jsonLines } from './json-lines.ts';

/** 10,000 tasks of 3 KB each. */
const BATCH_BYTES = 32 * 1_024 * 1_024;
/** Of a stream that are answered at once. */
const LINES = 1_000;
/** A stream may take its time. */
const TRANSFER_MS = 3_600_000;

/** Enqueueing by plain routes: one must be as fast as the machine, the other is never held whole. */
export function addEnqueueRoutes(app: FastifyInstance, intake: Intake): void {
  // Ten thousand lines a second would say nothing, unless somebody looks for something; what fails is logged.
  const logLevel = ['trace', 'debug'].includes(app.log.level) ? 'debug' : 'warn';
  app.post('/queue/enqueue', { logLevel }, async ({ body }) => intake.enqueue(checkedInput(enqueueRequest, body)));

  void app.register(async (scope) => {
    scope.addContentTypeParser(['application/x-ndjson', 'application/jsonl'], (_request, payload, done) => {
      done(null, payload);
    });
    scope.post(
      '/queue/enqueue/batch',
      { bodyLimit: BATCH_BYTES, handlerTimeout: TRANSFER_MS },
      async ({ body }, reply) => {
        if (body instanceof Readable) return reply.type('application/x-ndjson').send(Readable.from(answers(body)));
        return enqueueItems(
          intake,
          checkedInput(enqueueBatch, body).map((value) => ({ value })),
        );
      },
    );
  });

  /** A line for each line, in order; an error that is no line's fault is the last one, since the status is sent long ago. */
  async function* answers(body: Readable): AsyncGenerator<string> {
    let first = 0;
    try {
      for await (const items of inBatches(jsonLines(body), LINES)) {
        const { results } = await enqueueItems(intake, items, first);
        first += items.length;
        yield results.map((result) => `${JSON.stringify(result)}\n`).join('');
      }
    } catch (thrown) {
      const { code, message } = body.errored ? aborted() : toAppError(thrown);
      yield `${JSON.stringify({ error: { code, message: code === 'INTERNAL' ? 'an unexpected error' : message } })}\n`;
    }
  }
}

function aborted(): AppError {
  return new AppError('CANCELLED', 'the stream broke off');
}
