import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/styles.ts';
import { App } from './app/app.tsx';
import { createApi } from './app/client.ts';
import { createQueryClient } from './app/query-client.ts';
import { SESSION_KEY } from './app/session-query.ts';
import { createHttpTransport } from './app/transport.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const transport = createHttpTransport();
const api = createApi(transport);
// The host knows us no more: the sign-in takes the console's place.
const queries = createQueryClient(() => queries.setQueryData(SESSION_KEY, null));
createRoot(root).render(
  <StrictMode>
    <App transport={transport} api={api} queries={queries} />
  </StrictMode>,
);
