import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { catalogSearch } from '../features/catalog/search.ts';
import { duplicatesSearch } from '../features/duplicates/search.ts';
import { importsSearch } from '../features/imports/search.ts';
import { logsSearch } from '../features/logs/search.ts';
import { overviewSearch } from '../features/overview/search.ts';
import { searchSearch } from '../features/search/search.ts';
import { settingsSearch } from '../features/settings/search.ts';
import { sourcesSearch } from '../features/sources/search.ts';
import { tasksSearch } from '../features/tasks/search.ts';
import { workersSearch } from '../features/workers/search.ts';
import { parseSearch, stringifySearch } from '../lib/search-params.ts';
import { PageError } from './shell/page-error.tsx';
import { PagePending } from './shell/page-pending.tsx';
import { Shell } from './shell/shell.tsx';
import { UnknownPage } from './shell/unknown-page.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: UnknownPage });
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview', search: {}, replace: true });
  },
});

// Each by itself: within the list, the literal types of their paths would be lost.
const overview = createRoute({
  getParentRoute: () => root,
  path: '/overview',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('../features/overview/page.tsx'), 'OverviewPage'),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: '/imports',
  validateSearch: importsSearch,
  component: lazyRouteComponent(() => import('../features/imports/page.tsx'), 'ImportsPage'),
});
const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: sourcesSearch,
  component: lazyRouteComponent(() => import('../features/sources/page.tsx'), 'SourcesPage'),
});
const tasks = createRoute({
  getParentRoute: () => root,
  path: '/tasks',
  validateSearch: tasksSearch,
  component: lazyRouteComponent(() => import('../features/tasks/page.tsx'), 'TasksPage'),
});
const workers = createRoute({
  getParentRoute: () => root,
  path: '/workers',
  validateSearch: workersSearch,
  component: lazyRouteComponent(() => import('../features/workers/page.tsx'), 'WorkersPage'),
});
const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: searchSearch,
  component: lazyRouteComponent(() => import('../features/search/page.tsx'), 'SearchPage'),
});
const duplicates = createRoute({
  getParentRoute: () => root,
  path: '/duplicates',
  validateSearch: duplicatesSearch,
  component: lazyRouteComponent(() => import('../features/duplicates/page.tsx'), 'DuplicatesPage'),
});
const catalog = createRoute({
  getParentRoute: () => root,
  path: '/catalog',
  validateSearch: catalogSearch,
  component: lazyRouteComponent(() => import('../features/catalog/page.tsx'), 'CatalogPage'),
});
const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import('../features/logs/page.tsx'), 'LogsPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('../features/settings/page.tsx'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  home,
  overview,
  imports,
  sources,
  tasks,
  workers,
  search,
  duplicates,
  catalog,
  logs,
  settings,
]);

/** Addresses are behind the hash: the same page works from a server's root, below a path of a proxy, and in Electron. */
export function createConsoleRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: PagePending,
    defaultErrorComponent: PageError,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
