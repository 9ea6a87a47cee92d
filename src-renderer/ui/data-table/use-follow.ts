import { useLayoutEffect, type RefObject } from 'react';

export interface Follow {
  isOn: boolean;
  /** Scrolling away from the end turns it off, and coming back to it on. */
  onChange(isOn: boolean): void;
}

/** So near, in px, is at the end. */
const NEAR_PX = 40;

/** Keeps the end of a table in sight while rows are added to it. Answers what is to be called when it is scrolled. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  follow: Follow | undefined,
  rows: readonly unknown[],
): (() => void) | undefined {
  const isOn = follow?.isOn ?? false;
  useLayoutEffect(() => {
    if (isOn && rows.length > 0) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [isOn, rows, scroller]);
  if (!follow) return undefined;
  return () => {
    const element = scroller.current;
    if (!element) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (isAtEnd !== follow.isOn) follow.onChange(isAtEnd);
  };
}
