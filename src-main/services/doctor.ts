import { ERRORS, toAppError } from '../../src-core/domain/app-error.ts';

/** What one check found. `todo` is what a person can do about it; null where there is nothing to do. */
export interface Finding {
  status: 'ok' | 'warn' | 'fail';
  message: string;
  todo: string | null;
}

export interface Check {
  name: string;
  run(): Promise<Finding>;
}

export type CheckResult = Finding & { name: string };

export const ok = (message: string): Finding => ({ status: 'ok', message, todo: null });
export const warn = (message: string, todo: string): Finding => ({ status: 'warn', message, todo });
export const fail = (message: string, todo: string): Finding => ({ status: 'fail', message, todo });

/** Runs checks at once, for each may wait for a backend that is away; one that throws has failed with what it threw. */
export async function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  return Promise.all(checks.map(async ({ name, run }) => ({ name, ...(await run().catch(thrown)) })));
}

function thrown(error: unknown): Finding {
  const { code, message } = toAppError(error);
  return fail(`${code}: ${message}`, ERRORS[code].todo);
}
