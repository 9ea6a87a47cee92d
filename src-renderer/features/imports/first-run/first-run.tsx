import { Button, Group, Stepper } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import type { Answers } from '../../../app/client.ts';
import { useApi } from '../../../app/context.ts';
import { nameOfPath } from '../../../lib/path-names.ts';
import { FIRST_RUN } from '../../../texts/imports.ts';
import { ErrorState } from '../../../ui/error-state.tsx';
import { notifyDone } from '../../../ui/notify.ts';
import { PageHeader } from '../../../ui/page-header.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { DEFAULT_OPTIONS } from '../new/options.ts';
import { useStart } from '../new/use-start.ts';
import { changesOf, needsRestart, type FirstAnswers } from './answers.ts';
import classes from './first-run.module.css';
import { useSkipped } from './skipped.ts';
import { BackendsStep, WhereStep, WorkersStep, type Fixed } from './steps.tsx';

const STEPS = [
  { name: 'where', Step: WhereStep },
  { name: 'backends', Step: BackendsStep },
  { name: 'workers', Step: WorkersStep },
] as const;

/** Three questions before the first import. What stands there works: a folder is all that has to be chosen. */
export function FirstRun(): ReactNode {
  const { data, error, refetch } = useQuery(useApi().settings.get.queryOptions());
  return (
    <>
      <PageHeader title={FIRST_RUN.title} />
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data && <Questions now={answersIn(data.settings)} fixed={fixedIn(data.settings)} />}
    </>
  );
}

type Settings = Answers['settings']['get']['settings'];

/** What flags or the environment say, so that nothing that is saved would count. */
function fixedIn(settings: Settings): Fixed {
  const isFixed = (name: string): boolean => settings[name]?.is_overridden ?? false;
  return { backends: ['redis.url', 'qdrant.url'].some(isFixed), workers: isFixed('fleet.workers') };
}

function answersIn(settings: Settings): FirstAnswers {
  const text = (name: string): string => (settings[name]?.value as string | null | undefined) ?? '';
  const [redis, qdrant] = [text('redis.url'), text('qdrant.url')];
  return {
    path: null,
    backends: redis !== '' && qdrant !== '' ? 'servers' : 'embedded',
    redis,
    qdrant,
    apiKey: '',
    workers: settings['fleet.workers']?.value as FirstAnswers['workers'],
  };
}

function Questions({ now, fixed }: { now: FirstAnswers; fixed: Fixed }): ReactNode {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const start = useStart();
  const { skip } = useSkipped();
  const [at, setAt] = useState(0);
  const [value, setValue] = useState(now);
  const { name, Step } = STEPS[at]!;
  const changes = changesOf(value, now);
  const isRestart = needsRestart(changes);
  const lacksAddress = value.backends === 'servers' && (value.redis === '' || value.qdrant === '');
  const isLast = at === STEPS.length - 1;

  const finish = useMutation({
    async mutationFn() {
      if (Object.keys(changes).length > 0) await api.settings.set.call({ changes });
      await queries.invalidateQueries({ queryKey: api.settings.key() });
      if (isRestart) notifyDone(FIRST_RUN.saved);
      // What is not imported now can be when the server has its new queue.
      if (isRestart || value.path === null) await leave();
      else await start.mutateAsync({ paths: [value.path], options: DEFAULT_OPTIONS });
    },
  });

  async function leave(): Promise<void> {
    skip();
    await navigate({ to: '/imports', search: {} });
  }

  return (
    <div className={classes.page}>
      <Stepper active={at} onStepClick={setAt} size="xs" iconSize={28}>
        {STEPS.map((step) => (
          <Stepper.Step key={step.name} label={FIRST_RUN[step.name].label} />
        ))}
      </Stepper>
      <Panel title={FIRST_RUN[name].title}>
        <div className={classes.step}>
          <Step value={value} fixed={fixed} onChange={(change) => setValue((old) => ({ ...old, ...change }))} />
        </div>
      </Panel>
      {finish.error && <ErrorState error={finish.error} />}
      <Group justify="space-between">
        <Button variant="subtle" color="gray" onClick={() => void leave()}>
          {FIRST_RUN.skip}
        </Button>
        <Group gap="sm">
          <Button variant="default" disabled={at === 0} onClick={() => setAt(at - 1)}>
            {FIRST_RUN.back}
          </Button>
          {isLast ? (
            <Button disabled={lacksAddress} loading={finish.isPending} onClick={() => finish.mutate()}>
              {isRestart
                ? FIRST_RUN.save
                : value.path === null
                  ? FIRST_RUN.finish
                  : FIRST_RUN.start(nameOfPath(value.path))}
            </Button>
          ) : (
            <Button disabled={at === 1 && lacksAddress} onClick={() => setAt(at + 1)}>
              {FIRST_RUN.next}
            </Button>
          )}
        </Group>
      </Group>
    </div>
  );
}
