import type { ReactNode } from 'react';
import { nameOfPath } from '../../lib/path-names.ts';
import { TaskProgress } from '../task-progress.tsx';
import { doneOf, type Run } from './run.ts';
import { useRate } from './use-rate.ts';

/** How far an import is, with its rate and the time left while it runs. The page calls `useMeasuredRates`. */
export function ImportBar({ run }: { run: Run }): ReactNode {
  const { import_id, root, state, failed, discovered } = run;
  const rate = useRate(import_id);
  return (
    <TaskProgress
      label={nameOfPath(root)}
      done={doneOf(run) - failed}
      failed={failed}
      total={discovered}
      rate={state === 'walking' || state === 'draining' ? rate : null}
    />
  );
}
