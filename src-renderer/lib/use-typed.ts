import { useEffect, useEffectEvent, useState } from 'react';

/** What is typed, told on after a moment's rest: `value` is what holds, and replaces what was typed when it changes otherwise. */
export function useTyped(value: string, onRest: (value: string) => void, restMs = 250) {
  const [state, setState] = useState({ text: value, held: value });
  // Changed elsewhere: by the way back, or by a reset. Not by what was told on from here.
  if (state.held !== value) setState({ text: state.text.trim() === value ? state.text : value, held: value });
  const tell = useEffectEvent(onRest);
  const { text } = state;
  const isNew = text.trim() !== value;
  useEffect(() => {
    if (!isNew) return;
    const timer = setTimeout(() => tell(text.trim()), restMs);
    return () => clearTimeout(timer);
  }, [text, isNew, restMs]);
  return {
    text,
    setText: (text: string): void => setState((old) => ({ ...old, text })),
    /** Without waiting for rest. */
    commit: (): void => {
      if (isNew) onRest(text.trim());
    },
  };
}
