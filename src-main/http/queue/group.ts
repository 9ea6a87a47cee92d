import { setImmediate as nextTurn } from 'node:timers/promises';

/** Puts one of many in with the others, and answers its own answer. */
export type Grouped<Item, Answer> = (item: Item) => Promise<Answer>;

/** While one is answered, the next is sent. */
const MOST_UNDER_WAY = 2;

/**
 * Calls that come while others are under way go together in the next: at a high rate a call costs a fraction, at a low one
 * nothing is waited for. `run` answers each item, in order; its error is that of all of them.
 */
export function createGroup<Item, Answer>(
  run: (items: readonly Item[]) => Promise<Answer[]>,
  most: number,
): Grouped<Item, Answer> {
  let waiting: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  let running = 0;

  async function runAll(): Promise<void> {
    await nextTurn(); // all that comes in this turn of the event loop goes together
    while (waiting.length > 0) {
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      try {
        const answers = await run(group.map(({ item }) => item));
        for (const [at, { resolve }] of group.entries()) resolve(answers[at]!);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running--;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (running >= MOST_UNDER_WAY) return;
      running++;
      void runAll();
    });
}
