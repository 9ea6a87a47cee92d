import { useQueryClient } from '@tanstack/react-query';
import type { ErrorCode } from '../../../../src-core/domain/app-error.ts';
import type { LedgerOutcome } from '../../../../src-core/domain/import.ts';
import type { Answers } from '../../../app/client.ts';
import { useApi } from '../../../app/context.ts';
import { useLive } from '../../../app/live/use-live.ts';
import { usePages } from '../../../app/use-pages.ts';

export type Line = Answers['imports']['ledger']['lines'][number];
/** Which lines; what is left out does not restrict. */
export interface Which {
  outcome?: LedgerOutcome[];
  code?: ErrorCode[];
}

const PAGE = 500;
const linesOf = ({ lines }: Answers['imports']['ledger']): readonly Line[] => lines;

/** Lines of a ledger, page by page. While there is one page, it is asked for again with each change of its import. */
export function useLedger(importId: string, which: Which) {
  const api = useApi();
  const queries = useQueryClient();
  const options = api.imports.ledger.infiniteOptions({
    input: (cursor: string | undefined) => ({ import_id: importId, ...which, limit: PAGE, ...(cursor && { cursor }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const pages = usePages(options, linesOf);

  useLive((batch) => {
    const changes = batch.filter((event) => event.event === 'import' && event.data.import_id === importId);
    const hasEnded = changes.some((event) => event.event === 'import' && event.data.finished_at !== null);
    // More than one page would be asked for page by page: once it is over, that is worth it.
    if (changes.length === 0 || (pages.rows.length > PAGE && !hasEnded)) return;
    void queries.invalidateQueries({ queryKey: options.queryKey });
  });
  return pages;
}
