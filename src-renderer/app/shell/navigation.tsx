import { NavLink } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { PAGES } from './pages.ts';
import classes from './shell.module.css';

export function Navigation(): ReactNode {
  return PAGES.map(({ name, to, icon: Icon }) => (
    <NavLink
      key={name}
      component={Link}
      to={to}
      className={classes.link}
      label={SHELL.pages[name]}
      leftSection={<Icon size={17} stroke={1.6} aria-hidden />}
    />
  ));
}
