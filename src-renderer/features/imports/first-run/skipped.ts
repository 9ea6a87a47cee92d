import { useLocalStorage } from '@mantine/hooks';

/** Whoever knows what to do is asked once. */
export function useSkipped(): { isSkipped: boolean; skip(): void } {
  const [isSkipped, setSkipped] = useLocalStorage({
    key: 'imagefleet.first-run.skipped',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  return { isSkipped, skip: () => setSkipped(true) };
}
