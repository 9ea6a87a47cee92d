import type { Console } from '../console.ts';
import type { Supervisor } from '../fleet/supervisor.ts';

/** The workers of a command: started with the first open task, because when every file is skipped no model need be loaded. */
export interface FleetOnDemand {
  /** There is work. */
  need(): void;
  /** There is none; they stop when that lasts. */
  rest(): void;
  readonly running: boolean;
  stop(): Promise<void>;
}

/** `onFailure` gets the alarm that a service would outlive, but whoever waits for a command wants to know. */
export function createFleetOnDemand(
  console: Pick<Console, 'startFleet'>,
  onFailure: (error: unknown) => void,
  restMs = Infinity,
): FleetOnDemand {
  let fleet: Promise<Supervisor> | undefined;
  let stopping: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function start(): Promise<Supervisor> {
    await stopping;
    const started = await console.startFleet((event) => {
      if (event.type === 'alarm') onFailure(event.error);
    });
    started.failed.catch(onFailure);
    return started;
  }

  function stop(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const ending = fleet;
    fleet = undefined;
    if (ending) stopping = ending.then((started) => started.stop(), onFailure);
    return stopping;
  }

  return {
    need() {
      clearTimeout(timer);
      timer = undefined;
      if (fleet) return;
      fleet = start();
      fleet.catch(onFailure);
    },
    rest() {
      if (!fleet || timer || restMs === Infinity) return;
      timer = setTimeout(() => void stop(), restMs);
    },
    get running() {
      return fleet !== undefined;
    },
    stop,
  };
}
