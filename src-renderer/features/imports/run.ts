import { isFinished } from '../../../src-core/domain/import.ts';
import type { Answers } from '../../app/client.ts';

export type Run = Answers['imports']['list']['imports'][number];

/** Files that are in the catalog by this import. */
export function indexedOf({ completed, updated, moved }: Run): number {
  return completed + updated + moved;
}

export function canPause({ state }: Run): boolean {
  return !isFinished(state) && state !== 'paused';
}

export function canCancel({ state }: Run): boolean {
  return !isFinished(state);
}

/** How long it has run, in ms; null while it runs. */
export function tookMs({ created_at, finished_at }: Run): number | null {
  return finished_at === null ? null : Date.parse(finished_at) - Date.parse(created_at);
}
