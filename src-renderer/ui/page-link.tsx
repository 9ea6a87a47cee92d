import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef, ReactNode } from 'react';

type LinkAnchorProps = AnchorProps & Omit<ComponentPropsWithRef<'a'>, keyof AnchorProps>;
type LinkButtonProps = ButtonProps & Omit<ComponentPropsWithRef<'a'>, keyof ButtonProps>;

function LinkAnchor(props: LinkAnchorProps): ReactNode {
  return <Anchor {...props} />;
}

function LinkButton(props: LinkButtonProps): ReactNode {
  return <Button component="a" {...props} />;
}

/** A link to a page of the console, with the filters of its address: `<PageLink to="/tasks" search={{ state: ['failed'] }}>`. */
export const PageLink = createLink(LinkAnchor);

/** The same, as a button. */
export const PageButton = createLink(LinkButton);
