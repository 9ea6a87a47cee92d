import { Overlay, Text } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { SHELL } from '../../texts/shell.ts';
import { currentDropHandler, dropText } from './drop-handler.ts';

/** The whole window takes what is dropped; without it, the browser would leave the console for the file. */
export function DropTarget(): ReactNode {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    const listening = new AbortController();
    const on = (type: 'dragenter' | 'dragover' | 'dragleave' | 'drop', listener: (event: DragEvent) => void): void =>
      window.addEventListener(type, listener, { signal: listening.signal });
    on('dragenter', (event) => holdsFiles(event) && setText(dropText(event.dataTransfer.items)));
    on('dragover', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = currentDropHandler() ? 'copy' : 'none';
    });
    // To nowhere: it has left the window.
    on('dragleave', (event) => event.relatedTarget === null && setText(null));
    on('drop', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setText(null);
      currentDropHandler()?.onDrop(event.dataTransfer);
    });
    return () => listening.abort();
  }, []);
  if (text === null) return null;
  return (
    <Overlay fixed zIndex={400} backgroundOpacity={0.75} center>
      <div>
        <Text c="white" size="xl" fw={600} ta="center">
          {text}
        </Text>
        <Text c="white" ta="center">
          {SHELL.drop.release}
        </Text>
      </div>
    </Overlay>
  );
}

function holdsFiles(event: DragEvent): event is DragEvent & { dataTransfer: DataTransfer } {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
