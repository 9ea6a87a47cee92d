import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { Answers } from '../../../app/client.ts';
import { useApi } from '../../../app/context.ts';
import { requestOf, type Options } from './options.ts';

export type Preview = Answers['imports']['preview'];

/** Whoever types or goes through folders is not looked after at every step. */
const PAUSE_MS = 500;

/** What an import would do. When something else is asked for, the request before is given up. */
export function usePreview(path: string, options: Options) {
  const api = useApi();
  const wanted = JSON.stringify(requestOf(path, options));
  const [asked] = useDebouncedValue(wanted, PAUSE_MS);
  const { data, error } = useQuery({
    queryKey: ['import preview', asked],
    queryFn: ({ signal }) => api.imports.preview.call(JSON.parse(asked) as ReturnType<typeof requestOf>, { signal }),
    gcTime: 0,
  });
  return asked === wanted ? { data, error } : { data: undefined, error: null };
}
