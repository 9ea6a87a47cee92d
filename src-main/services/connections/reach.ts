import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Step } from './test-connection.ts';

const PATIENCE_MS = 4_000;

/** Where a server is, as its address says. */
export interface Address {
  host: string;
  port: number;
  tls: boolean;
}

/** Finds the host, connects to it, and says hello by TLS where that is asked for; ends with the first step that fails. */
export async function reach({ host, port, tls }: Address): Promise<Step[]> {
  const at = `${host}:${port}`;
  const steps: Step[] = [];
  try {
    const { address } = await lookup(host);
    await opened(connect({ host: address, port }), 'connect');
    steps.push({ name: 'address', state: 'ok', message: `${at} answers`, todo: null });
  } catch (error) {
    const problem = PROBLEMS[(error as NodeJS.ErrnoException).code ?? ''];
    const { message } = error as Error;
    const [said, todo] = problem ?? [message, 'Check host and port, and that the server runs.'];
    return [{ name: 'address', state: 'failed', message: `${at}: ${said}`, todo }];
  }
  if (!tls) return steps;
  try {
    const socket = connectTls({ host, port, servername: /^[\d.:]+$/.test(host) ? '' : host });
    await opened(socket, 'secureConnect');
    steps.push({ name: 'tls', state: 'ok', message: `${at} has a certificate that this machine trusts`, todo: null });
  } catch (error) {
    const todo =
      'Check that the port speaks TLS, and that the certificate is for this name; NODE_EXTRA_CA_CERTS adds an authority.';
    steps.push({ name: 'tls', state: 'failed', message: `${at}: ${(error as Error).message}`, todo });
  }
  return steps;
}

const PROBLEMS: Record<string, [said: string, todo: string]> = {
  ENOTFOUND: ['there is no host of this name', 'Check the name for a slip, or name the address.'],
  EAI_AGAIN: ['the name cannot be looked up now', 'Check the network of this machine, or name the address.'],
  ECONNREFUSED: ['nothing listens on this port', 'Check the port, and that the server runs.'],
  EHOSTUNREACH: ['there is no way to this host', 'Check the network, and that the host is on.'],
  ENETUNREACH: ['there is no way to this host', 'Check the network, and that the host is on.'],
};

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.setTimeout(PATIENCE_MS, () => reject(new Error(`no answer within ${PATIENCE_MS} ms`)));
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('the server closed the connection')));
  }).finally(() => socket.destroy());
}
