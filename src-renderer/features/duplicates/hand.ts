import { useCallback, useMemo, useState } from 'react';
import type { Group } from './which.ts';

export type Choice = 'keep' | 'mark';

/** What was chosen picture by picture, against what the rules say. It is of this page alone, until it is acted on. */
export interface Hand {
  count: number;
  marked: readonly string[];
  choiceOf(imageId: string): Choice | undefined;
  turn(group: Group, imageId: string): void;
  clear(): void;
  /** As the API takes it. */
  input(): { keep_ids?: string[]; mark_ids?: string[] };
}

export function useHand(): Hand {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Choice>>(new Map());
  const turn = useCallback((group: Group, id: string): void => setChosen((old) => turned(old, group, id)), []);
  const clear = useCallback((): void => setChosen(new Map()), []);
  return useMemo(() => {
    const idsOf = (wanted: Choice): string[] => [...chosen].flatMap(([id, choice]) => (choice === wanted ? [id] : []));
    const [keep_ids, mark_ids] = [idsOf('keep'), idsOf('mark')];
    return {
      count: chosen.size,
      marked: mark_ids,
      choiceOf: (id) => chosen.get(id),
      turn,
      clear,
      input: () => ({ ...(keep_ids.length > 0 && { keep_ids }), ...(mark_ids.length > 0 && { mark_ids }) }),
    };
  }, [chosen, turn, clear]);
}

/** What the rules and the hand say of a picture: the hand outweighs. */
export function choiceIn({ mark }: Group, imageId: string, hand: Pick<Hand, 'choiceOf'>): Choice {
  return hand.choiceOf(imageId) ?? ruled(mark, imageId);
}

/** One picture of a group is kept: the last one cannot be marked. */
export function isLastKept(group: Group, imageId: string, hand: Pick<Hand, 'choiceOf'>): boolean {
  if (choiceIn(group, imageId, hand) === 'mark') return false;
  return !group.pictures.some(({ image_id: id }) => id !== imageId && choiceIn(group, id, hand) === 'keep');
}

function turned(chosen: ReadonlyMap<string, Choice>, group: Group, id: string): ReadonlyMap<string, Choice> {
  const hand = { choiceOf: (one: string) => chosen.get(one) };
  if (isLastKept(group, id, hand)) return chosen;
  const wanted = choiceIn(group, id, hand) === 'keep' ? 'mark' : 'keep';
  const next = new Map(chosen);
  // What the rules say too need not be said.
  if (ruled(group.mark, id) === wanted) next.delete(id);
  else next.set(id, wanted);
  return next;
}

function ruled(mark: Group['mark'], imageId: string): Choice {
  return mark.some(({ image_id }) => image_id === imageId) ? 'mark' : 'keep';
}
