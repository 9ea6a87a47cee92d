import { implement } from '@orpc/server';
import { duplicatesContract, type WhichGroupsInput } from '../../../src-core/contract/duplicates.ts';
import type { KeepRule } from '../../../src-core/domain/keep-rules.ts';
import { choicesDocument, notDuplicatesDocument, pageDocument, scanDocument } from '../../duplicate-documents.ts';
import { mustConfirm } from '../confirm.ts';
import type { ApiParts } from '../procedures.ts';
import { followNewestScan } from './follow-scans.ts';
import { rulesOf, whichOf } from './input.ts';

interface Page {
  limit: number;
  cursor?: number | undefined;
}

export function duplicateProcedures({ console, finder }: Pick<ApiParts, 'console' | 'finder'>) {
  const api = implement(duplicatesContract);

  async function pageOf(input: WhichGroupsInput & Page, rules: KeepRule[] | null) {
    const duplicates = await console.duplicates();
    const page = await duplicates.groups(input.catalog, whichOf(input), input.limit, input.cursor);
    return pageDocument(page, await duplicates.changedSince(page.scan), rules);
  }

  return api.router({
    events: api.events.handler(async function* ({ input: { catalog }, signal }) {
      const events = followNewestScan(await console.duplicates(), catalog, signal);
      for await (const event of events) if (event !== 'ping') yield event;
    }),

    scan: api.scan.handler(async ({ input: { catalog, least_score } }) =>
      scanDocument(await (await console.duplicates()).start(catalog, least_score, finder)),
    ),

    scans: api.scans.handler(async ({ input: { catalog, limit } }) => {
      const scans = await (await console.duplicates()).scans(catalog, limit);
      return { scans: scans.map(scanDocument) };
    }),

    getScan: api.getScan.handler(async ({ input: { scan_id } }) =>
      scanDocument(await (await console.duplicates()).scan(scan_id)),
    ),

    cancelScan: api.cancelScan.handler(async ({ input: { scan_id } }) =>
      scanDocument(await (await console.duplicates()).cancel(scan_id)),
    ),

    groups: api.groups.handler(async ({ input }) => pageOf(input, null)),

    choose: api.choose.handler(async ({ input }) => pageOf(input, await rulesOf(input, console))),

    countMarked: api.countMarked.handler(async ({ input }) => {
      const rules = await rulesOf(input, console);
      return { marked: await (await console.duplicates()).countMarked(input.catalog, whichOf(input), rules) };
    }),

    remove: api.remove.handler(async ({ input }) => {
      const { catalog, confirm } = input;
      const duplicates = await console.duplicates();
      const rules = await rulesOf(input, console);
      const marked = await duplicates.countMarked(catalog, whichOf(input), rules);
      mustConfirm(`removing duplicates of “${catalog}”`, marked, confirm);
      return { removed: await duplicates.removeMarked(catalog, whichOf(input), rules, marked) };
    }),

    choices: api.choices.handler(async ({ input: { catalog } }) =>
      choicesDocument(await (await console.duplicates()).choices(catalog)),
    ),

    setChoices: api.setChoices.handler(async ({ input: { catalog, keep_ids = [], mark_ids = [], undo_ids = [] } }) =>
      choicesDocument(
        await (
          await console.duplicates()
        ).choose(catalog, [
          { choice: 'keep', imageIds: keep_ids },
          { choice: 'mark', imageIds: mark_ids },
          { choice: null, imageIds: undo_ids },
        ]),
      ),
    ),

    addNot: api.addNot.handler(async ({ input: { catalog, image_ids, one_id } }) =>
      notDuplicatesDocument(await (await console.duplicates()).addNot(catalog, image_ids, one_id)),
    ),

    listNot: api.listNot.handler(async ({ input: { catalog, limit, after } }) => {
      const marks = await (await console.duplicates()).notDuplicates(catalog, limit, after);
      return {
        not_duplicates: marks.map(notDuplicatesDocument),
        next: marks.length === limit ? (marks.at(-1)?.id ?? null) : null,
      };
    }),

    removeNot: api.removeNot.handler(async ({ input: { not_id } }) =>
      notDuplicatesDocument(await (await console.duplicates()).removeNot(not_id)),
    ),
  });
}
