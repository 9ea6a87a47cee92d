import type { Answers } from '../../app/client.ts';

export type Setting = Answers['settings']['get']['settings'][string] & { path: string };

/** In the order of the page, with the parts of the settings that belong to each. */
const PARTS = {
  connections: ['redis', 'qdrant'],
  models: ['model', 'models'],
  fleet: ['fleet'],
  queue: ['queue'],
  batch: ['batch'],
  limits: ['limits'],
  imports: ['imports', 'uploads'],
  folders: ['paths'],
  http: ['http'],
  thumbnails: ['thumbnails'],
  log: ['log'],
  tracing: ['tracing'],
} as const;

export type GroupName = keyof typeof PARTS | 'other';
export const GROUP_NAMES = [...(Object.keys(PARTS) as (keyof typeof PARTS)[]), 'other'] as const;

const GROUP_OF = new Map<string, GroupName>(
  Object.entries(PARTS).flatMap(([group, parts]) => parts.map((part) => [part, group as GroupName] as const)),
);

/** Settings by group; a part that this console does not know is at the end. Those whose words hold `text`. */
export function groupsOf(settings: readonly Setting[], text: string): { name: GroupName; settings: Setting[] }[] {
  const wanted = text.toLowerCase();
  const matching = settings.filter(({ path, description, variable }) =>
    [path, description, variable].some((words) => words.toLowerCase().includes(wanted)),
  );
  return GROUP_NAMES.map((name) => ({
    name,
    settings: matching.filter(({ path }) => (GROUP_OF.get(path.split('.')[0]!) ?? 'other') === name),
  })).filter(({ settings }) => settings.length > 0);
}
