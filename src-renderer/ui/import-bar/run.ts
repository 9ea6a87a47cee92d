import type { Answers } from '../../app/client.ts';

export type Run = Answers['imports']['list']['imports'][number];

/** Files that are finished, whatever became of them. */
export function doneOf({ discovered, open }: Pick<Run, 'discovered' | 'open'>): number {
  return discovered - open;
}
