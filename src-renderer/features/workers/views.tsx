import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { WorkerDocument } from '../../../src-core/contract/queue-documents.ts';
import { formatCount } from '../../lib/format.ts';
import { WORKERS } from '../../texts/workers.ts';
import { inView } from './rows.ts';
import { WORKER_VIEWS, type WorkerView } from './search.ts';
import classes from './workers.module.css';

interface ViewsProps {
  view: WorkerView | undefined;
  workers: readonly WorkerDocument[] | undefined;
}

/** Which workers are shown, with how many there are of each. */
export function Views({ view, workers }: ViewsProps): ReactNode {
  return (
    <nav aria-label={WORKERS.views.label} className={classes.views}>
      {[undefined, ...WORKER_VIEWS].map((one) => {
        const count = workers?.filter((worker) => inView(worker, one)).length;
        return (
          <Link
            key={one ?? 'all'}
            to="/workers"
            search={(old) => ({ ...old, view: one })}
            className={classes.view}
            aria-current={one === view ? 'true' : undefined}
            data-chosen={one === view || undefined}
            data-bad={(one === 'lost' && (count ?? 0) > 0) || undefined}
          >
            {WORKERS.views[one ?? 'all']}
            <span>{count === undefined ? '' : formatCount(count)}</span>
          </Link>
        );
      })}
    </nav>
  );
}
