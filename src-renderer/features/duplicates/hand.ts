import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { HandChoice } from '../../../src-core/domain/duplicates.ts';
import type { Answers } from '../../app/client.ts';
import { useApi, useMayChange } from '../../app/context.ts';
import { notifyProblem } from '../../ui/notify.ts';
import type { Group } from './which.ts';

export type Choice = HandChoice;
type Chosen = ReadonlyMap<string, Choice>;
type Told = Answers['duplicates']['choices'];
type Change = Partial<Told> & { undo_ids?: string[] };

/** What was chosen picture by picture, against what the rules say. The server keeps it with the scan. */
export interface Hand {
  count: number;
  marked: readonly string[];
  choiceOf(imageId: string): Choice | undefined;
  turn(group: Group, imageId: string): void;
  clear(): void;
  /** As the API takes it. */
  input(): Partial<Told>;
}

const MUTATION_KEY = ['duplicates', 'by hand'];
const NOTHING: Told = { keep_ids: [], mark_ids: [] };

export function useHand(catalog: string): Hand {
  const api = useApi();
  const queries = useQueryClient();
  const mayChange = useMayChange();
  const options = useMemo(() => api.duplicates.choices.queryOptions({ input: { catalog } }), [api, catalog]);
  const { data: told = NOTHING } = useQuery(options);
  const { mutate } = useMutation({
    mutationKey: MUTATION_KEY,
    // One after another, for of one picture the last word holds.
    scope: { id: MUTATION_KEY.join(' ') },
    mutationFn: ({ of, change }: { of: string; change: Change }) =>
      api.duplicates.setChoices.call({ catalog: of, ...change }),
    onSuccess: (answer) => {
      if (queries.isMutating({ mutationKey: MUTATION_KEY }) === 1) queries.setQueryData(options.queryKey, answer);
    },
    onError: (error) => {
      notifyProblem(error);
      void queries.invalidateQueries({ queryKey: options.queryKey });
    },
  });

  /** Shown at once. */
  const say = useCallback(
    (change: Change, next: Chosen): void => {
      void queries.cancelQueries({ queryKey: options.queryKey });
      queries.setQueryData(options.queryKey, toldOf(next));
      mutate({ of: catalog, change });
    },
    [queries, options, mutate, catalog],
  );
  const turn = useCallback(
    (group: Group, id: string): void => {
      const chosen = chosenOf(queries.getQueryData(options.queryKey) ?? NOTHING);
      const choice = turned(chosen, group, id);
      if (choice === undefined || !mayChange) return;
      const next = new Map(chosen);
      if (choice === null) next.delete(id);
      else next.set(id, choice);
      say({ [choice === null ? 'undo_ids' : `${choice}_ids`]: [id] }, next);
    },
    [queries, options, mayChange, say],
  );

  return useMemo(() => {
    const { keep_ids, mark_ids } = told;
    const chosen = chosenOf(told);
    return {
      count: chosen.size,
      marked: mark_ids,
      choiceOf: (id) => chosen.get(id),
      turn,
      clear() {
        if (chosen.size > 0) say({ undo_ids: [...chosen.keys()] }, new Map());
      },
      input: () => ({ ...(keep_ids.length > 0 && { keep_ids }), ...(mark_ids.length > 0 && { mark_ids }) }),
    };
  }, [told, turn, say]);
}

function chosenOf({ keep_ids, mark_ids }: Told): Chosen {
  return new Map([...keep_ids.map((id) => [id, 'keep'] as const), ...mark_ids.map((id) => [id, 'mark'] as const)]);
}

function toldOf(chosen: Chosen): Told {
  const idsOf = (wanted: Choice): string[] => [...chosen].flatMap(([id, choice]) => (choice === wanted ? [id] : []));
  return { keep_ids: idsOf('keep'), mark_ids: idsOf('mark') };
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

/** The other choice for a picture; null: what the rules say too need not be said. Undefined: it is the last one that is kept. */
function turned(chosen: Chosen, group: Group, id: string): Choice | null | undefined {
  const hand = { choiceOf: (one: string) => chosen.get(one) };
  if (isLastKept(group, id, hand)) return undefined;
  const wanted = choiceIn(group, id, hand) === 'keep' ? 'mark' : 'keep';
  return ruled(group.mark, id) === wanted ? null : wanted;
}

function ruled(mark: Group['mark'], imageId: string): Choice {
  return mark.some(({ image_id }) => image_id === imageId) ? 'mark' : 'keep';
}
