export interface BatcherOptions<In, Out> {
  /** Runs as soon as this many are there. */
  size: number;
  /** How long a smaller batch waits for those that are on their way. */
  waitMs: number;
  /** One answer per item, in order. Never called while another call runs. */
  run: (items: In[]) => Promise<Out[]>;
  /** After a failure that this is true for, the items are run one by one, so that a bad one fails alone. */
  isolate?: (error: unknown) => boolean;
}

/** Room in a batch to come. */
interface Place<In, Out> {
  /** The item has arrived: resolves or rejects as its run does. */
  add(item: In): Promise<Out>;
  /** It will not come. Without effect after `add`. */
  leave(): void;
}

/** Gathers single items into batches. */
export interface Batcher<In, Out> {
  /**
   * One more is on its way. A batch smaller than `size` waits for it, and when nothing is on its way waits for nothing:
   * a task that is alone goes straight through.
   */
  announce(): Place<In, Out>;
  /** Adds an item that nobody announced. */
  add(item: In): Promise<Out>;
}

interface Entry<In, Out> {
  item: In;
  resolve: (answer: Out) => void;
  reject: (error: unknown) => void;
}

export function createBatcher<In, Out>({ size, waitMs, run, isolate }: BatcherOptions<In, Out>): Batcher<In, Out> {
  let entries: Entry<In, Out>[] = [];
  let onTheirWay = 0;
  let running = false;
  let waited = false;
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;

  function stopWaiting(): void {
    clearTimeout(timer);
    clearImmediate(immediate);
    timer = immediate = undefined;
  }

  /** Runs what is due, or sees to it that this is asked again when it may be. */
  function consider(): void {
    if (running || entries.length === 0) return;
    if (entries.length >= size || waited) return void start();
    // Not at once: those that arrive in the same turn of the event loop belong together.
    if (onTheirWay === 0) immediate ??= setImmediate(runWaiting);
    else timer ??= setTimeout(runWaiting, waitMs);
  }

  function runWaiting(): void {
    stopWaiting();
    waited = true;
    consider();
  }

  async function start(): Promise<void> {
    stopWaiting();
    waited = false;
    running = true;
    const batch = entries.slice(0, size);
    entries = entries.slice(size);
    await settle(batch);
    running = false;
    consider();
  }

  async function settle(batch: Entry<In, Out>[]): Promise<void> {
    try {
      const answers = await run(batch.map(({ item }) => item));
      for (const [index, entry] of batch.entries()) entry.resolve(answers[index]!);
    } catch (error) {
      if (batch.length > 1 && isolate?.(error)) for (const entry of batch) await settle([entry]);
      else for (const entry of batch) entry.reject(error);
    }
  }

  function add(item: In): Promise<Out> {
    const { promise, resolve, reject } = Promise.withResolvers<Out>();
    entries.push({ item, resolve, reject });
    consider();
    return promise;
  }

  return {
    add,
    announce() {
      onTheirWay++;
      let open = true;
      const leave = (): void => {
        if (!open) return;
        open = false;
        onTheirWay--;
        consider();
      };
      return {
        leave,
        add(item) {
          if (open) onTheirWay--;
          open = false;
          return add(item);
        },
      };
    },
  };
}
