import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useMayChange } from '../../app/context.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Editor } from './editor.tsx';
import type { Setting } from './groups.ts';
import { kindOf } from './kinds.ts';
import classes from './settings.module.css';
import { isPending, readableOf, textOf } from './values.ts';

interface SettingRowProps {
  setting: Setting;
  /** Undefined: as it is. Null: the default again. */
  draft: unknown;
  problem: string | null;
  onChange(setting: Setting, value: unknown): void;
}

export function SettingRow({ setting, draft, problem, onChange }: SettingRowProps): ReactNode {
  const { path, description, variable, next, is_saved, is_set, may_change } = setting;
  const mayChange = useMayChange();
  const kind = kindOf(path);
  const isDirty = draft !== undefined;
  const value = draft === undefined ? next : draft === null ? setting.default : draft;
  const readable = readableOf(kind, value);
  const isSecret = kind.kind === 'secret';
  return (
    <li className={classes.row} data-dirty={isDirty || undefined}>
      <div className={classes.about}>
        <div className={classes.name}>
          <code>{path}</code>
          <CopyButton value={variable} label={SETTINGS.copyVariable(variable)} />
        </div>
        <p>{description}</p>
        {!isSecret && (
          <p className={classes.note}>
            {SETTINGS.default(textOf(setting.default))}
            {readableOf(kind, setting.default) !== null && ` (${readableOf(kind, setting.default)})`}
          </p>
        )}
      </div>
      <div className={classes.edit}>
        <Editor
          kind={kind}
          label={path}
          value={value}
          isSet={is_set || is_saved}
          error={problem}
          isDisabled={!mayChange || !may_change}
          onChange={(typed) => onChange(setting, typed)}
        />
        <div className={classes.notes}>
          {readable !== null && <span className={classes.note}>{readable}</span>}
          <Notes setting={setting} isSecret={isSecret} isRemoved={draft === null} />
        </div>
      </div>
      <div className={classes.reset}>
        {is_saved && may_change && draft !== null && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            disabled={!mayChange}
            aria-label={SETTINGS.resetOf(path)}
            onClick={() => onChange(setting, null)}
          >
            {isSecret ? SETTINGS.remove : SETTINGS.reset}
          </Button>
        )}
      </div>
    </li>
  );
}

/** Where what is saved is not, or not yet, what holds. */
function Notes({
  setting,
  isSecret,
  isRemoved,
}: {
  setting: Setting;
  isSecret: boolean;
  isRemoved: boolean;
}): ReactNode {
  const { value, variable, is_overridden, may_change } = setting;
  return (
    <>
      {!may_change && <span className={classes.note}>{SETTINGS.notByApi(variable)}</span>}
      {isRemoved && <span className={classes.note}>{isSecret ? SETTINGS.willBeRemoved : SETTINGS.willBeDefault}</span>}
      {isPending(setting) && (
        <span className={classes.pending}>{isSecret ? SETTINGS.pendingSecret : SETTINGS.pending(textOf(value))}</span>
      )}
      {is_overridden && may_change && <span className={classes.note}>{SETTINGS.overridden(variable)}</span>}
    </>
  );
}
