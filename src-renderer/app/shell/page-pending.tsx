import { Center, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { UI } from '../../texts/ui.ts';

/** While the code of a page is on its way. */
export function PagePending(): ReactNode {
  return (
    <Center mih={240} role="status" aria-label={UI.loading}>
      <Loader size="sm" aria-hidden />
    </Center>
  );
}
