import { BlockList, isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../src-core/domain/app-error.ts';

export interface Address {
  /** A name or an address of this machine. */
  host: string;
  /** 0: any free one. */
  port: number;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether only this machine can call there. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host.toLowerCase() === 'localhost' : LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Answers the URL. Throws CONFLICT for a port that is taken, INVALID_INPUT for an address that is not of this machine. */
export async function listen(app: FastifyInstance, { host, port }: Address): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const text = `another program listens on port ${port} of ${host}; --port takes another`;
      throw new AppError('CONFLICT', text, { cause: error });
    }
    if (code !== undefined && ['EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'EAI_AGAIN'].includes(code)) {
      throw new AppError('INVALID_INPUT', `cannot listen on port ${port} of ${host}: ${message}`, { cause: error });
    }
    throw error;
  }
  const [address] = app.addresses();
  const taken = typeof address === 'object' ? address.port : port;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`;
}
