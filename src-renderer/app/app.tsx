import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Api } from './client.ts';
import { styleNonce } from './csp-nonce.ts';
import { Session } from './session.tsx';
import { cssVariables, theme } from './theme.ts';
import type { Transport } from './transport.ts';

export interface AppProps {
  transport: Transport;
  api: Api;
  queries: QueryClient;
}

/** The program, the same in a browser and in the desktop's window: only its transport differs. */
export function App({ transport, api, queries }: AppProps): ReactNode {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queries}>
        <Session transport={transport} api={api} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
