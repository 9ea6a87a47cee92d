import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Logger } from '../../src-core/telemetry/log.ts';

type Factory = (
  this: FastifyInstance,
  log: FastifyBaseLogger,
  ...args: Parameters<FastifyBaseLogger['child']>
) => FastifyBaseLogger;
type Write = (...args: Parameters<FastifyBaseLogger['info']>) => void;

/**
 * Answers what makes a request's logger: by pino, but only when there is something to write at its level. Of most requests
 * there is not, and making one costs as much as checking what the request says.
 */
export function requestLogs({ levels }: Logger): Factory {
  return (log, bindings, options) => {
    const level = options?.level ?? log.level;
    const least = levels.values[level] ?? Infinity;
    let made: FastifyBaseLogger | undefined;
    const child = (): FastifyBaseLogger => (made ??= log.child(bindings, options));
    const write =
      (name: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'): Write =>
      (...args) => {
        if (levels.values[name]! >= least) child()[name](...args);
      };
    return {
      level,
      trace: write('trace'),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      fatal: write('fatal'),
      silent() {},
      child: (...more) => child().child(...more),
    };
  };
}
