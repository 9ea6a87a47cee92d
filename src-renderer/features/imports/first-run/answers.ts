/** What is asked at the first run. As it begins, nothing of the settings would change. */
export interface FirstAnswers {
  path: string | null;
  /** Where queue and vectors are kept. */
  backends: 'embedded' | 'servers';
  redis: string;
  qdrant: string;
  apiKey: string;
  workers: number | 'auto';
}

/** The settings that they change. `now`: as they are in force. */
export function changesOf(answers: FirstAnswers, now: FirstAnswers): Record<string, unknown> {
  const { backends, redis, qdrant, apiKey, workers } = answers;
  const changes: Record<string, unknown> = {};
  if (workers !== now.workers) changes['fleet.workers'] = workers;
  if (backends === 'embedded' && now.backends === 'servers')
    Object.assign(changes, { 'redis.url': null, 'qdrant.url': null });
  if (backends === 'servers') {
    if (redis !== now.redis) changes['redis.url'] = redis;
    if (qdrant !== now.qdrant) changes['qdrant.url'] = qdrant;
    if (apiKey !== '') changes['qdrant.apiKey'] = apiKey;
  }
  return changes;
}

/** Whether queue and vectors will lie elsewhere once the server is started again: an import has to wait for that. */
export function needsRestart(changes: Record<string, unknown>): boolean {
  return Object.keys(changes).some((name) => name.startsWith('redis.') || name.startsWith('qdrant.'));
}
