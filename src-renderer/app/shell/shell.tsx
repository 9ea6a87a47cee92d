import { AppShell } from '@mantine/core';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { DropTarget } from '../drop/drop-target.tsx';
import { ImportDrop } from '../drop/import-drop.tsx';
import { useConnection } from '../live/use-live.ts';
import { Header } from './header.tsx';
import { LostBanner } from './lost-banner.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';

// Nobody opens it before the page stands.
const Palette = lazy(async () => ({ default: (await import('../palette/palette.tsx')).Palette }));

/** What is around every page. */
export function Shell(): ReactNode {
  const isLost = useConnection().kind === 'reconnecting';
  return (
    <AppShell
      header={{ height: 'var(--header-height)' }}
      navbar={{ width: 'var(--nav-width)', breakpoint: 0 }}
      padding="lg"
      transitionDuration={0}
    >
      <a className={classes.skip} href="#page" onClick={focusPage}>
        {SHELL.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Header />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={SHELL.navigation}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="page" tabIndex={-1}>
        {isLost && <LostBanner />}
        <div className={classes.page} data-lost={isLost || undefined}>
          {/* Before the page: what that takes itself, it gets. */}
          <ImportDrop />
          <Outlet />
        </div>
      </AppShell.Main>
      <DropTarget />
      <Suspense>
        <Palette />
      </Suspense>
    </AppShell>
  );
}

/** The hash of the address is the router's. */
function focusPage(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('page')?.focus();
}
