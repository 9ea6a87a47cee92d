import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelEvent } from '../../../src-core/contract/models.ts';
import type { Console } from '../../console.ts';
import { downloadDocument } from '../../documents.ts';

type Models = Awaited<ReturnType<Console['models']>>;

/** Bytes come by the thousand pieces a second, and nobody reads faster than this. */
const QUIET_MS = 200;
const PING_MS = 15_000;

/** How downloads are, then each that has changed, a few times a second; `ping` where there is nothing to say. Ends with `signal`. */
export async function* followDownloads(
  models: Pick<Models, 'downloads' | 'changed'>,
  signal: AbortSignal = new AbortController().signal,
  pingMs = PING_MS,
): AsyncGenerator<ModelEvent | 'ping'> {
  const told = new Map<string, string>();
  // The head is sent with the first event.
  yield 'ping';
  while (!signal.aborted) {
    const changed = models.changed(AbortSignal.any([signal, AbortSignal.timeout(pingMs)]));
    let said = false;
    for (const [id, download] of models.downloads()) {
      const data = { id, ...downloadDocument(download) };
      const text = JSON.stringify(data);
      if (told.get(id) === text) continue;
      told.set(id, text);
      said = true;
      yield { event: 'download', data };
    }
    if (!said) yield 'ping';
    await changed;
    await sleep(QUIET_MS, undefined, { signal }).catch(() => {}); // aborted
  }
}
