/*
 * A finder that speaks the protocol and finds nothing: what it does with a request lies in the request's path.
 * FLEET_TEST_FINDER_DIR holds a file per start, so that a request can fail in the first process only.
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, toWire } from '../../src-core/domain/app-error.ts';
import { toFinder, type FinderRequest, type FromFinder } from '../../src-core/domain/finder-messages.ts';
import { PROTOCOL_VERSION } from '../../src-core/domain/worker-status.ts';

const dir = process.env.FLEET_TEST_FINDER_DIR!;
mkdtempSync(join(dir, 'start-'));
const starts = readdirSync(dir).length;

const send = (message: FromFinder): void => void process.send?.(message);
const answer = (id: number, result: unknown): void => send({ type: 'answer', id, ok: true, result });

function onRequest({ id, method, params }: FinderRequest): void {
  if (method === 'find') {
    const catalog = { id: crypto.randomUUID(), name: params.catalog, model: 'm', dimension: 2, createdAt: starts };
    return answer(id, { catalog, model: 'm', tookMs: 1, hits: [] });
  }
  if (method === 'similarPairs') {
    return answer(id, { pictures: [], pairs: [], compared: 0, total: 0, share: 1, next: null });
  }
  if (method === 'reEmbed') return answer(id, { embedded: 0, failed: 0, due: false });
  if (method === 'measureProviders') return answer(id, []);
  const bytes = new Uint8Array([params.edge, starts]);
  switch (params.path) {
    case 'missing':
      return send({ type: 'answer', id, ok: false, error: toWire(new AppError('FILE_NOT_FOUND', 'it is gone')) });
    case 'poison':
      return process.exit(9);
    case 'poison-once':
      return starts === 1 ? process.exit(9) : answer(id, bytes);
    case 'slow':
      return void setTimeout(answer, 300, id, bytes);
    case 'stuck':
      return void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    case 'nonsense':
      return answer(id, 'not bytes');
    default:
      return answer(id, bytes);
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (value) => {
  const message = toFinder.parse(value);
  if (message.type === 'drain') process.exit(0);
  if (message.type === 'request') return onRequest(message);
  const fatal = process.env.FLEET_TEST_FINDER_FATAL;
  if (fatal) {
    send({ type: 'fatal', error: toWire(new AppError('MODEL_NOT_FOUND', fatal)) });
    process.disconnect();
  } else send({ type: 'ready', protocol: Number(process.env.FLEET_TEST_FINDER_PROTOCOL ?? PROTOCOL_VERSION) });
});
