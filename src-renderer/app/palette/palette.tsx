import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import '@mantine/spotlight/styles.css';
import { useNavigate } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { useTransport } from '../context.ts';
import { SESSION_KEY } from '../session-query.ts';
import { PAGES } from '../shell/pages.ts';
import { useAllCommands } from './commands.ts';

const [store, spotlight] = createSpotlight();
export { spotlight };

/** Every page and every command by name: Ctrl or Command, and K. */
export function Palette(): ReactNode {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const transport = useTransport();
  const commands = useAllCommands();
  const actions = useMemo<SpotlightActionGroupData[]>(
    () => [
      {
        group: SHELL.palette.pages,
        actions: PAGES.map(({ name, to, icon: Icon }) => ({
          id: name,
          label: SHELL.pages[name],
          leftSection: <Icon size={17} stroke={1.6} aria-hidden />,
          onClick: () => void navigate({ to }),
        })),
      },
      {
        group: SHELL.palette.actions,
        actions: [
          ...commands.map(({ id, label, keywords, run }) => ({
            id,
            label,
            ...(keywords && { keywords }),
            onClick: run,
          })),
          {
            id: 'sign-out',
            label: SHELL.palette.signOut,
            onClick: () => void transport.signOut().then(() => queries.setQueryData(SESSION_KEY, null)),
          },
        ],
      },
    ],
    [commands, navigate, queries, transport],
  );
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={['mod + K']}
      tagsToIgnore={[]}
      nothingFound={SHELL.palette.nothing}
      highlightQuery
      scrollable
      maxHeight={400}
      searchProps={{ placeholder: SHELL.palette.placeholder, 'aria-label': SHELL.palette.placeholder }}
    />
  );
}
