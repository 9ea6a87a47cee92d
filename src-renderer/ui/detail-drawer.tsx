import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

interface DetailDrawerProps {
  /** Open while there is one. */
  title: string | null;
  onClose(): void;
  children: ReactNode;
}

/** One thing whole, over the right side of the page. Which one is open belongs into the address. */
export function DetailDrawer({ title, onClose, children }: DetailDrawerProps): ReactNode {
  return (
    <Drawer
      opened={title !== null}
      onClose={onClose}
      title={title}
      position="right"
      size={560}
      overlayProps={{ backgroundOpacity: 0.25 }}
    >
      {children}
    </Drawer>
  );
}
