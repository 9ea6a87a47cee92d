import { once } from 'node:events';
import { z } from 'zod';
import { parseOrThrow, toWire } from '../src-core/domain/app-error.ts';
import { type FinderAnswer, finderRequest, type FinderRequest, requestId } from '../src-core/domain/finder-messages.ts';
import { PROTOCOL_VERSION } from '../src-core/domain/worker-status.ts';
import { openFinder, openStore } from '../src-core/open-backends.ts';
import type { Finder } from '../src-core/ports/finder.ts';
import { type Hosted, runHostedProcess } from './hosted-process.ts';

/** Requests may come before it is there. */
const finder = Promise.withResolvers<Finder>();
const numbered = z.object({ id: requestId });
const answering = new Set<Promise<void>>();

async function serve({ settings, dataDir, stop, send }: Hosted): Promise<{ stuck: boolean }> {
  const store = await openStore(settings, dataDir);
  const opened = await openFinder(settings, dataDir, store);
  finder.resolve(opened);
  send({ type: 'ready', protocol: PROTOCOL_VERSION });
  if (!stop.aborted) await once(stop, 'abort');
  await Promise.all(answering);
  await opened.close();
  await store.close();
  return { stuck: false };
}

async function resultOf(request: FinderRequest): Promise<unknown> {
  const opened = await finder.promise;
  switch (request.method) {
    case 'find':
      return opened.find(request.params);
    case 'similarPairs':
      return opened.similarPairs(request.params);
    case 'reEmbed':
      return opened.reEmbed(request.params.catalogId, request.params.limit);
    case 'measureProviders':
      return opened.measureProviders();
    case 'thumbnail':
      return opened.thumbnail(request.params.path, request.params.edge);
  }
}

/** Throws INVALID_INPUT for a message that is no question: without an id there is nobody to answer. */
async function answerOf(message: unknown): Promise<FinderAnswer> {
  const { id } = parseOrThrow(numbered, message, 'a message to the finder');
  try {
    const request = parseOrThrow(finderRequest, message, `request ${id}`);
    return { type: 'answer', id, ok: true, result: await resultOf(request) };
  } catch (error) {
    return { type: 'answer', id, ok: false, error: toWire(error) };
  }
}

runHostedProcess({
  proc: 'finder',
  entry: import.meta.url,
  main: serve,
  onMessage(message, channel) {
    const answered = answerOf(message)
      .then((answer) => channel.send(answer))
      .finally(() => answering.delete(answered));
    answering.add(answered);
  },
});
