import { setTimeout as sleep } from 'node:timers/promises';
import type { ScanEvent } from '../../../src-core/contract/duplicates.ts';
import type { Console } from '../../console.ts';
import { scanDocument } from '../../duplicate-documents.ts';

type Duplicates = Awaited<ReturnType<Console['duplicates']>>;

/** Steps come several a second, and nobody reads faster than this. */
const QUIET_MS = 200;
/** A scan of another process is seen so late. */
const PING_MS = 15_000;

/** How the newest scan of a catalog is, and again when it has changed; `ping` where there is nothing to say. Ends with `signal`. */
export async function* followNewestScan(
  duplicates: Pick<Duplicates, 'scans' | 'changed'>,
  catalog: string,
  signal: AbortSignal = new AbortController().signal,
  pingMs = PING_MS,
): AsyncGenerator<ScanEvent | 'ping'> {
  let told = '';
  while (!signal.aborted) {
    const changed = duplicates.changed(AbortSignal.any([signal, AbortSignal.timeout(pingMs)]));
    const [newest] = await duplicates.scans(catalog, 1);
    const data = newest && scanDocument(newest);
    const text = JSON.stringify(data ?? null);
    if (data && text !== told) yield { event: 'scan', data };
    else yield 'ping';
    told = text;
    await changed;
    await sleep(QUIET_MS, undefined, { signal }).catch(() => {}); // aborted
  }
}
