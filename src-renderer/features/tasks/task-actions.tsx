import type { ReactNode } from 'react';
import { OPEN_STATES, RETRYABLE_STATES, type TaskState } from '../../../src-core/domain/task.ts';
import { useMayChange } from '../../app/context.ts';
import { formatCount } from '../../lib/format.ts';
import { TASKS } from '../../texts/tasks.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { ActButton } from './act-button.tsx';
import { CorrectButton } from './correct-button.tsx';
import { PriorityMenu } from './priority-menu.tsx';
import { named, useActs, WAITING_STATES } from './use-acts.ts';
import { countIn, FINISHED_STATES, type Chosen, type StateCounts } from './which.ts';

const texts = TASKS.acts;
const ENDED_STATES = ['failed', 'cancelled'] as const satisfies readonly TaskState[];

interface TaskActionsProps {
  chosen: Chosen;
  counts: StateCounts;
  /** The buttons say how many. */
  isMany?: boolean;
  onDone?(): void;
}

/** What can be done with tasks in the states that they are in. */
export function TaskActions({ chosen, counts, isMany = false, onDone }: TaskActionsProps): ReactNode {
  const { retry, cancel, setPriority, remove } = useActs();
  const common = { disabled: !useMayChange() };
  const ended = countIn(counts, ENDED_STATES);
  const repairable = countIn(counts, RETRYABLE_STATES);
  const delayed = countIn(counts, ['delayed']);
  const waiting = countIn(counts, WAITING_STATES);
  const open = countIn(counts, OPEN_STATES);
  const finished = countIn(counts, FINISHED_STATES);
  const label = (count: number | null, one: string, many: (count: string) => string): string =>
    isMany && count !== null ? many(formatCount(count)) : one;
  return (
    <>
      {ended !== 0 && (
        <ActButton {...common} act={async () => retry(chosen, ENDED_STATES).then(onDone)}>
          {label(ended, texts.retry, texts.retrySome)}
        </ActButton>
      )}
      {repairable !== 0 && <CorrectButton {...common} chosen={chosen} count={repairable} {...(onDone && { onDone })} />}
      {delayed !== 0 && (
        <ActButton {...common} act={async () => retry(chosen, ['delayed']).then(onDone)}>
          {label(delayed, texts.runNow, texts.runNowSome)}
        </ActButton>
      )}
      {waiting !== 0 && (
        <PriorityMenu {...common} act={async (priority) => setPriority(chosen, priority).then(onDone)} />
      )}
      {open !== 0 && (
        <ConfirmButton
          {...common}
          question={texts.cancelQuestion(named(open))}
          text={texts.cancelText}
          confirm={texts.cancelConfirm}
          keep={texts.keep}
          onConfirm={async () => cancel(chosen).then(onDone)}
        >
          {label(open, texts.cancel, texts.cancelSome)}
        </ConfirmButton>
      )}
      {finished !== 0 && finished !== null && (
        <ConfirmButton
          {...common}
          question={texts.removeQuestion(named(finished))}
          text={texts.removeText}
          confirm={texts.remove}
          onConfirm={async () => remove(chosen, finished).then(onDone)}
        >
          {label(finished, texts.remove, texts.removeSome)}
        </ConfirmButton>
      )}
    </>
  );
}
