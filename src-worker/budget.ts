/** A first-come-first-served allowance of something countable: pictures, bytes, megapixels. */
export interface Budget {
  /** Resolves when `amount` fits. What is larger than the whole budget gets in when nothing else is. */
  take(amount: number): Promise<void>;
  give(amount: number): void;
}

export function createBudget(limit: number): Budget {
  const queue: { amount: number; enter: () => void }[] = [];
  let used = 0;

  const fits = (amount: number): boolean => used === 0 || used + amount <= limit;

  return {
    take(amount) {
      if (queue.length === 0 && fits(amount)) {
        used += amount;
        return Promise.resolve();
      }
      return new Promise((enter) => queue.push({ amount, enter }));
    },
    give(amount) {
      used -= amount;
      for (let next = queue[0]; next && fits(next.amount); next = queue[0]) {
        queue.shift();
        used += next.amount;
        next.enter();
      }
    },
  };
}
