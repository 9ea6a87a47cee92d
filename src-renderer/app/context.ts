import { createContext, use } from 'react';
import type { Api } from './client.ts';
import type { Connection } from './live/connection.ts';
import type { LiveHub } from './live/hub.ts';
import type { Access, Transport } from './transport.ts';

/** What the program gives to every page. */
export interface AppParts {
  transport: Transport;
  api: Api;
  access: Access;
  connection: Connection;
  live: LiveHub;
}

export const AppContext = createContext<AppParts | null>(null);

function useParts(): AppParts {
  const parts = use(AppContext);
  if (!parts) throw new Error('this is rendered outside of the console');
  return parts;
}

export function useApi(): Api {
  return useParts().api;
}

export function useTransport(): Transport {
  return useParts().transport;
}

export function useLiveHub(): LiveHub {
  return useParts().live;
}

export function useConnectionStore(): Connection {
  return useParts().connection;
}

/** Whether this console may change anything: with a read-only token, it may not. */
export function useMayChange(): boolean {
  return useParts().access === 'full';
}
