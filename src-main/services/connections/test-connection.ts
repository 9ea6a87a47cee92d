import { toAppError } from '../../../src-core/domain/app-error.ts';
import { reach, type Address } from './reach.ts';

export interface Step {
  name: 'address' | 'tls' | 'login' | 'version' | 'safety';
  state: 'ok' | 'warning' | 'failed';
  message: string;
  todo: string | null;
}

/** What a server says of itself, once it lets us in. */
export interface ServerReport {
  version: string;
  /** What is unsafe about it. */
  findings: readonly { message: string; todo: string }[];
}

export interface ConnectionTest {
  ok: boolean;
  steps: Step[];
}

/**
 * Tries a server step by step; a step that fails is the last. `address` is null where the URL names several hosts or a
 * socket: then only `check` looks. Throws nothing: what is wrong is in the steps.
 */
export async function testConnection(
  address: Address | null,
  check: () => Promise<ServerReport>,
): Promise<ConnectionTest> {
  const steps = address === null ? [] : await reach(address);
  if (!steps.some(({ state }) => state === 'failed')) steps.push(...(await ask(check)));
  return { ok: !steps.some(({ state }) => state === 'failed'), steps };
}

const REFUSED = /NOAUTH|WRONGPASS|NOPERM|invalid (username|password)|password|API key|HTTP 40[13]/i;

async function ask(check: () => Promise<ServerReport>): Promise<Step[]> {
  try {
    const { version, findings } = await check();
    return [
      { name: 'login', state: 'ok', message: 'the server lets us in', todo: null },
      { name: 'version', state: 'ok', message: `version ${version}`, todo: null },
      ...(findings.length === 0
        ? [{ name: 'safety', state: 'ok', message: 'it keeps what it has acknowledged', todo: null } as const]
        : findings.map(({ message, todo }) => ({ name: 'safety', state: 'warning', message, todo }) as const)),
    ];
  } catch (thrown) {
    const { message, details } = toAppError(thrown);
    const isOld = details?.['version'] !== undefined;
    if (isOld) {
      return [
        { name: 'login', state: 'ok', message: 'the server lets us in', todo: null },
        { name: 'version', state: 'failed', message, todo: 'Update the server.' },
      ];
    }
    const todo = REFUSED.test(message)
      ? 'Check the name and password, or the key.'
      : 'Check that the address is that of a server of this kind.';
    return [{ name: 'login', state: 'failed', message, todo }];
  }
}
