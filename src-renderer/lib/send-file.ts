import { AppError, ERRORS, type ErrorCode } from '../../src-core/domain/app-error.ts';

/** Tries in a row in which not one byte got through. */
const MOST_TRIES = 6;
const FIRST_WAIT_MS = 500;

/**
 * Sends a file by PUT to an address that also says how far it is, in pieces where the line breaks: what has arrived is not
 * sent again. `isBegun`: some of it may be there already. Throws what the server refuses, the signal's reason, and the
 * network's error when nothing gets through any more.
 */
export async function sendFile(url: string, file: Blob, signal: AbortSignal, isBegun = false): Promise<void> {
  let offset = isBegun ? await received(url, signal) : 0;
  for (let tries = 1; offset !== null; tries++) {
    try {
      await sendFrom(url, file, offset, signal);
      return;
    } catch (error) {
      // Only where nobody answered may the same be tried again.
      if (!(error instanceof TypeError) || tries >= MOST_TRIES) throw error;
      await wait(FIRST_WAIT_MS * 2 ** (tries - 1), signal);
      const arrived = await received(url, signal).catch(() => offset);
      if (arrived !== offset) tries = 0;
      offset = arrived;
    }
  }
}

async function sendFrom(url: string, file: Blob, offset: number, signal: AbortSignal): Promise<void> {
  const headers = { 'upload-offset': String(offset), 'upload-length': String(file.size) };
  const response = await fetch(url, { method: 'PUT', headers, body: file.slice(offset), signal });
  if (!response.ok) throw await refusal(response);
}

/** Bytes that are there; null: all of them. */
async function received(url: string, signal: AbortSignal): Promise<number | null> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw await refusal(response);
  const { received, complete } = (await response.json()) as { received: number; complete: boolean };
  return complete ? null : received;
}

/** What the server says of it, in our words. */
async function refusal(response: Response): Promise<Error> {
  const text = `${response.status} ${response.statusText}`;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const isOurs = problem.code !== undefined && problem.code in ERRORS;
  return isOurs ? new AppError(problem.code as ErrorCode, problem.detail ?? text) : new Error(text);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        fail(signal.reason);
      },
      { once: true },
    );
  });
}
