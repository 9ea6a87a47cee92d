import { useEffect, useEffectEvent, type RefObject } from 'react';

const KEYS = new Set(['ArrowDown', 'ArrowUp', 'j', 'k', 'x', 'Enter']);

/** Lets a table take its keys while nothing else on the page has the focus, and gives it the focus with the first one. */
export function usePageKeys(
  table: RefObject<HTMLElement | null>,
  isOn: boolean,
  onKey: (event: KeyboardEvent) => void,
): void {
  const take = useEffectEvent((event: KeyboardEvent) => {
    const { target, key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
    const isFree = target === document.body || target === document.getElementById('page');
    if (!isFree || defaultPrevented || ctrlKey || metaKey || altKey || !KEYS.has(key)) return;
    table.current?.focus({ preventScroll: true });
    onKey(event);
  });
  useEffect(() => {
    if (!isOn) return undefined;
    const listener = (event: KeyboardEvent): void => take(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [isOn]);
}
