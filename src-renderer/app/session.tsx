import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Api } from './client.ts';
import { AppContext } from './context.ts';
import { createConnection } from './live/connection.ts';
import { createLiveHub } from './live/hub.ts';
import { openLive } from './live/open-live.ts';
import { createConsoleRouter } from './router.tsx';
import { sessionQuery } from './session-query.ts';
import { PagePending } from './shell/page-pending.tsx';
import { SignIn } from './sign-in.tsx';
import type { Access, Transport } from './transport.ts';

interface SessionProps {
  transport: Transport;
  api: Api;
}

/** The console for those who are in, the sign-in for others. */
export function Session({ transport, api }: SessionProps): ReactNode {
  const { data: access } = useQuery(sessionQuery(transport));
  if (access === undefined) return <PagePending />;
  if (access === null) return <SignIn transport={transport} />;
  return <Console transport={transport} api={api} access={access} />;
}

function Console({ transport, api, access }: SessionProps & { access: Access }): ReactNode {
  const queries = useQueryClient();
  const [connection] = useState(createConnection);
  const [live] = useState(createLiveHub);
  const [router] = useState(createConsoleRouter);
  useEffect(() => openLive(api, queries, connection, live), [api, queries, connection, live]);
  const parts = useMemo(
    () => ({ transport, api, access, connection, live }),
    [transport, api, access, connection, live],
  );
  return (
    <AppContext value={parts}>
      <RouterProvider router={router} />
    </AppContext>
  );
}
