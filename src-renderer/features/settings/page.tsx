import { Skeleton, TextInput } from '@mantine/core';
import { IconRefreshAlert, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useRef, type ReactNode } from 'react';
import { useApi } from '../../app/context.ts';
import { useCommands } from '../../app/palette/commands.ts';
import { toneColor } from '../../app/theme.ts';
import { formatCount } from '../../lib/format.ts';
import { useTyped } from '../../lib/use-typed.ts';
import { SETTINGS } from '../../texts/settings.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { GroupSection } from './group-section.tsx';
import { groupsOf, type GroupName, type Setting } from './groups.ts';
import { LeaveQuestion } from './leave-question.tsx';
import { Models } from './models.tsx';
import { Providers } from './providers.tsx';
import { SaveBar } from './save-bar.tsx';
import { SettingRow } from './setting-row.tsx';
import classes from './settings.module.css';
import { AllowedRoots, ThisServer } from './this-server.tsx';
import { TestConnections } from './test-connections.tsx';
import { useDrafts, type Drafts } from './use-drafts.ts';
import { isPending } from './values.ts';

const route = getRouteApi('/settings');

export function SettingsPage(): ReactNode {
  const { group, text = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(useApi().settings.get.queryOptions());
  const field = useRef<HTMLInputElement>(null);
  const typed = useTyped(
    text,
    (value) => void navigate({ search: (old) => ({ ...old, text: value || undefined }), replace: true }),
  );
  const commands = useMemo(
    () => [{ id: 'settings-search', label: SETTINGS.commands.search, run: () => field.current?.focus() }],
    [],
  );
  useCommands(commands);
  const settings = useMemo(
    () => Object.entries(data?.settings ?? {}).map(([path, setting]): Setting => ({ ...setting, path })),
    [data],
  );

  return (
    <>
      <PageHeader
        title={SETTINGS.title}
        actions={
          <TextInput
            ref={field}
            size="xs"
            w={240}
            type="search"
            aria-label={SETTINGS.search}
            placeholder={SETTINGS.search}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={typed.text}
            onChange={({ currentTarget: { value } }) => typed.setText(value)}
          />
        }
      />
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton height={420} />}
      {data && <Groups settings={settings} chosen={group} text={text} />}
    </>
  );
}

interface GroupsProps {
  settings: readonly Setting[];
  chosen: string | undefined;
  text: string;
}

/** One group at a time; while something is searched for, all that have it. */
function Groups({ settings, chosen, text }: GroupsProps): ReactNode {
  const { drafts, change, problemOf, hasProblem, save, discard } = useDrafts();
  const groups = groupsOf(settings, text);
  const current = groups.find(({ name }) => name === chosen) ?? groups[0];
  const shown = text === '' ? groups.filter((group) => group === current) : groups;
  const model = settings.find(({ path }) => path === 'model.id');
  return (
    <>
      <RestartNotice settings={settings} />
      <div className={classes.page}>
        <nav className={classes.groups} aria-label={SETTINGS.groupsLabel}>
          {groups.map((group) => (
            <Link
              key={group.name}
              to="/settings"
              search={{ group: group.name }}
              className={classes.group}
              aria-current={shown.length === 1 && group === current ? 'true' : undefined}
              data-chosen={(text === '' && group === current) || undefined}
            >
              {SETTINGS.groups[group.name]}
              <span>{formatCount(group.settings.length)}</span>
            </Link>
          ))}
        </nav>
        <div className={classes.sections}>
          {shown.length === 0 && <EmptyState {...SETTINGS.nothing} />}
          {shown.map((group) => (
            <GroupSection
              key={group.name}
              name={group.name}
              rows={group.settings.map((setting) => (
                <SettingRow
                  key={setting.path}
                  setting={setting}
                  draft={drafts.get(setting.path)}
                  problem={problemOf(setting.path)}
                  onChange={change}
                />
              ))}
            >
              {text === '' && <Beside name={group.name} model={model} settings={settings} drafts={drafts} />}
            </GroupSection>
          ))}
        </div>
      </div>
      <LeaveQuestion count={drafts.size} />
      <SaveBar
        count={drafts.size}
        hasProblem={hasProblem}
        isSaving={save.isPending}
        onSave={() => save.mutate()}
        onDiscard={discard}
      />
    </>
  );
}

interface BesideProps {
  name: GroupName;
  model: Setting | undefined;
  settings: readonly Setting[];
  drafts: Drafts;
}

/** What belongs to a group and is no setting. */
function Beside({ name, model, settings, drafts }: BesideProps): ReactNode {
  if (name === 'connections') return <TestConnections settings={settings} drafts={drafts} />;
  if (name === 'models') {
    return (
      <>
        <Models next={typeof model?.next === 'string' ? model.next : null} />
        <Providers />
      </>
    );
  }
  if (name === 'http') return <ThisServer />;
  return name === 'folders' ? <AllowedRoots /> : null;
}

function RestartNotice({ settings }: { settings: readonly Setting[] }): ReactNode {
  const count = settings.filter(isPending).length;
  if (count === 0) return null;
  return (
    <div className={classes.restart} role="status">
      <IconRefreshAlert size={18} color={toneColor('warning')} aria-hidden />
      <p>{SETTINGS.restart(count, formatCount(count))}</p>
    </div>
  );
}
