import { Cluster, Redis, type Command } from 'ioredis';

/*
 * Clients whose commands end in time, and then have ended: what waits for a connection when its caller has given up is
 * dropped. ioredis itself sends it later, behind his back.
 */

type Rest<T extends Redis | Cluster> = Parameters<T['sendCommand']> extends [Command, ...infer Others] ? Others : never;

/** `commandTimeout` counts from the call on, connected or not. */
export class BoundedRedis extends Redis {
  override sendCommand(command: Command, ...more: Rest<Redis>): unknown {
    return command.isSettled ? command.promise : super.sendCommand(command, ...more);
  }
}

/** `commandTimeout` would begin only when a node's connection has the command: hence a limit of its own. */
export class BoundedCluster extends Cluster {
  /** In ms; without one a command may wait for ever, as those that block should. */
  limitMs: number | null = null;

  override sendCommand(command: Command, ...more: Rest<Cluster>): unknown {
    if (command.isSettled) return command.promise;
    if (this.limitMs !== null) command.setTimeout(this.limitMs);
    return super.sendCommand(command, ...more);
  }
}
