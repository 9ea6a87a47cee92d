import { AppError } from '../../domain/app-error.ts';

/** First words of the server's answers that tell of its own trouble, and what to do about it. */
const SERVER_TROUBLE: Record<string, string> = {
  READONLY: 'it is a replica; name the master, or the sentinels, in the URL',
  LOADING: 'it is still loading its data; wait until it has',
  MASTERDOWN: 'it has lost its master; wait for the failover, or start the master',
  NOREPLICAS: 'too few replicas are connected (min-replicas-to-write); start them',
  BUSY: 'a script of somebody else keeps it busy; SCRIPT KILL ends that',
  OOM: 'its memory is used up; raise maxmemory',
  MISCONF: 'it cannot save its data and refuses writes; see its log and the disk it saves to',
  CLUSTERDOWN: 'its cluster is not whole; see CLUSTER INFO',
  TRYAGAIN: 'its cluster is moving slots; try again in a moment',
  MOVED: 'it is a node of a cluster; write redis+cluster:// in the URL',
  NOAUTH: 'it asks for a password; put it into the URL',
  WRONGPASS: 'user or password are wrong; correct them in the URL',
  NOPERM: 'the user may not do this; give it the rights that docs/queue.md names',
  UNBLOCKED: 'it became a replica; the master is looked for',
};

/**
 * Whatever ioredis throws as the AppError that verbs throw. The cause is left out: ioredis hangs the command on its
 * errors, payloads and all.
 */
export function toQueueError(thrown: unknown, place: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  // In a script the answer of a command comes with words around it; "ERR" and others of them may be in capitals too.
  const word = message.match(/\b[A-Z]{3,}\b/g)?.find((one) => Object.hasOwn(SERVER_TROUBLE, one));
  const refused = message.includes("executing the script can't") ? 'NOPERM' : word;
  const todo = SERVER_TROUBLE[refused ?? ''];
  if (todo !== undefined) return new AppError('QUEUE_UNAVAILABLE', `Redis at ${place} refuses: ${todo} (${message})`);
  if (name === 'ReplyError') return new AppError('INTERNAL', `Redis at ${place} answered: ${message}`);
  return new AppError('QUEUE_UNAVAILABLE', `Redis at ${place} does not answer: ${message}; it is tried again`);
}

export function closedError(): AppError {
  return new AppError('QUEUE_UNAVAILABLE', 'the queue is closed', { retryable: false });
}
