import type { ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageButton } from '../../ui/page-link.tsx';

export function UnknownPage(): ReactNode {
  const { title, text, action } = SHELL.unknownPage;
  return <EmptyState title={title} text={text} action={<PageButton to="/overview">{action}</PageButton>} />;
}
