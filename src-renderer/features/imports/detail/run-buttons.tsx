import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi, useMayChange } from '../../../app/context.ts';
import { formatCount } from '../../../lib/format.ts';
import { IMPORTS } from '../../../texts/imports.ts';
import { ConfirmButton } from '../../../ui/confirm-button.tsx';
import { WatchSwitch } from '../../../ui/watch-switch.tsx';
import { canCancel, canPause, type Run } from '../run.ts';
import { useRunActions } from '../use-run-actions.ts';

const texts = IMPORTS.actions;

/** What can be done with an import in the state that it is in. */
export function RunButtons({ run }: { run: Run }): ReactNode {
  const { pause, resume, again, cancel } = useRunActions(run);
  const mayChange = useMayChange();
  const { data } = useQuery(useApi().sources.list.queryOptions({ input: {} }));
  const source = data?.sources.find(({ path, catalog }) => path === run.root && catalog === run.catalog);
  const common = { size: 'xs', variant: 'default', disabled: !mayChange } as const;
  return (
    <>
      {source && <WatchSwitch source={source} />}
      {canPause(run) && (
        <Button
          {...common}
          leftSection={<IconPlayerPause size={15} aria-hidden />}
          loading={pause.isPending}
          onClick={() => pause.mutate()}
        >
          {texts.pause}
        </Button>
      )}
      {run.state === 'paused' && (
        <Button
          {...common}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate()}
        >
          {texts.resume}
        </Button>
      )}
      {canCancel(run) ? (
        <ConfirmButton
          disabled={!mayChange}
          question={texts.cancelQuestion(run.open, formatCount(run.open))}
          text={texts.cancelText}
          confirm={texts.cancelConfirm}
          onConfirm={cancel}
        >
          {texts.cancel}
        </ConfirmButton>
      ) : (
        <Button
          {...common}
          leftSection={<IconRefresh size={15} aria-hidden />}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          {texts.again}
        </Button>
      )}
    </>
  );
}
