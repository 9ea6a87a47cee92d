import { useEffect } from 'react';

/** What becomes of what is dropped. The innermost page that is shown decides. */
export interface DropHandler {
  /**
   * Shown over the whole window while something is dragged over it: what will happen. Of what is dragged, a browser tells
   * how many things there are and of which types.
   */
  text: string | ((items: DataTransferItemList) => string);
  /** Has to take what it needs of the transfer before it first waits: it is empty afterwards. */
  onDrop(transfer: DataTransfer): void;
}

const handlers: DropHandler[] = [];

/** Takes what is dropped anywhere in the window while the caller is shown. Keep the handler stable. */
export function useDropHandler(handler: DropHandler): void {
  useEffect(() => {
    handlers.push(handler);
    return () => void handlers.splice(handlers.indexOf(handler), 1);
  }, [handler]);
}

/** What will happen with what is dragged; null: nothing. */
export function dropText(items: DataTransferItemList): string | null {
  const { text = null } = currentDropHandler() ?? {};
  return typeof text === 'function' ? text(items) : text;
}

export function currentDropHandler(): DropHandler | null {
  return handlers.at(-1) ?? null;
}

/** The one that would take it without `handler`, which may leave to it what it cannot use. */
export function handlerBelow(handler: DropHandler): DropHandler | null {
  return handlers[handlers.indexOf(handler) - 1] ?? null;
}
