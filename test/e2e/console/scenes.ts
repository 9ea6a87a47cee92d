import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, vi } from 'vitest';
import { goTo, type OpenedConsole } from './console.ts';
import { DUPLICATES_SCENES, makeDuplicates, scanned } from './duplicates-scenes.ts';
import { clearSelection, fillWithSamples, PICTURES_SCENES } from './pictures-scenes.ts';
import { fillQueue } from './tasks-world.ts';
import { manyWorkers } from './other-workers.ts';

export const SAMPLES = resolve(import.meta.dirname, '../../../resources/samples');
const WAIT = { timeout: 120_000, interval: 100 };

/** What a server holds while pictures of its pages are taken. Each is made once. */
export interface World {
  name: string;
  args: readonly string[];
  make(console: OpenedConsole): Promise<void>;
  scenes: readonly Scene[];
}

/** A page in one state. */
export interface Scene {
  /** `tasks`, `tasks-drawer`: the name of its picture. */
  name: string;
  /** `/tasks?state=failed`, behind the hash. */
  path: string;
  /** What has to be done, or to be there, before the picture is taken. */
  ready?(page: Page): Promise<unknown>;
}

export const PAGES = [
  'overview',
  'imports',
  'sources',
  'tasks',
  'workers',
  'search',
  'duplicates',
  'catalog',
  'logs',
  'settings',
];
const everyPage = PAGES.map((name): Scene => ({ name, path: `/${name}` }));

export async function importSamples({ post, ask }: OpenedConsole): Promise<void> {
  expect((await post('/imports', { path: SAMPLES })).status).toBe(201);
  await vi.waitFor(async () => {
    const { imports } = await ask<{ imports: { state: string }[] }>('/imports');
    expect(imports.map(({ state }) => state)).toEqual(['completed']);
  }, WAIT);
}

/** Pages that show what a fleet does, with everything open that can be. */
const FLEET_SCENES: readonly Scene[] = [
  { name: 'workers', path: '/workers', ready: async (page) => page.getByRole('link', { name: 'All 200' }).waitFor() },
  { name: 'workers-lost', path: '/workers?view=lost' },
  {
    name: 'workers-drawer',
    path: '/workers?worker=attic-3',
    ready: async (page) => page.getByRole('dialog').getByText('Inference').waitFor(),
  },
  { name: 'logs', path: '/logs?level=debug', ready: async (page) => page.getByText('Live', { exact: true }).waitFor() },
  {
    name: 'logs-line',
    path: '/logs?level=debug',
    ready: async (page) => {
      await page.locator('[role=grid] [data-index]').last().click();
      await page.getByRole('dialog').getByText('The whole line').waitFor();
    },
  },
  ...['connections', 'models', 'fleet', 'folders', 'http'].map((group): Scene => ({
    name: `settings-${group}`,
    path: `/settings?group=${group}`,
  })),
  { name: 'settings-search', path: '/settings?text=memory' },
];

async function row(page: Page): Promise<void> {
  await page.locator('main [role=row][data-index]').first().waitFor();
}

async function selectAll(page: Page): Promise<void> {
  await row(page);
  await clearSelection(page);
  await page.getByLabel('Select all rows shown').check();
  await page.getByRole('button', { name: /that match$/ }).click();
}

const HUGE_QUEUE: readonly Scene[] = [
  { name: 'overview', path: '/overview' },
  { name: 'tasks', path: '/tasks', ready: row },
  { name: 'tasks-failed', path: '/tasks?state=failed', ready: row },
  { name: 'tasks-filtered', path: '/tasks?state=failed&text=shoot-003&code=FILE_NOT_FOUND,IMAGE_CORRUPT', ready: row },
  { name: 'tasks-selected', path: '/tasks?state=failed', ready: selectAll },
  { name: 'tasks-errors', path: '/tasks?state=failed&view=errors' },
  {
    name: 'tasks-drawer',
    path: '/tasks?state=failed&task=task-2991',
    ready: async (page) => page.getByRole('dialog').getByText('Runs that did not end well').waitFor(),
  },
];

export const WORLDS: readonly World[] = [
  { name: 'empty', args: ['--workers', '0'], make: async () => {}, scenes: everyPage },
  {
    name: 'samples',
    args: ['--workers', '1', '--allow-root', SAMPLES],
    make: importSamples,
    scenes: [
      ...everyPage,
      {
        name: 'imports-new',
        path: '/imports?add=true',
        ready: async (page) => {
          const dialog = page.getByRole('dialog');
          // From the picture before, where the dialog was closed.
          await dialog.getByRole('option', { name: `Folder ${SAMPLES}`, exact: false }).click();
          await dialog.getByText('to index').first().waitFor();
        },
      },
      {
        name: 'palette',
        path: '/overview',
        ready: async (page) => {
          await page.keyboard.press('Control+k');
          await page.getByPlaceholder('Go to a page').waitFor();
        },
      },
    ],
  },
  {
    name: 'fleet',
    args: ['--workers', '1', '--log-level', 'debug', '--allow-root', SAMPLES],
    make: async (console) => {
      await importSamples(console);
      await manyWorkers(console.dataDir, 199);
    },
    scenes: FLEET_SCENES,
  },
  {
    name: 'huge-queue',
    args: ['--workers', '0'],
    make: async ({ dataDir }) => fillQueue(dataDir, 97_000, 3_000),
    scenes: HUGE_QUEUE,
  },
  {
    name: 'huge-catalog',
    args: ['--workers', '0', '--allow-root', SAMPLES],
    make: (console) => fillWithSamples(console, SAMPLES),
    scenes: [...PICTURES_SCENES, { name: 'duplicates', path: '/duplicates', ready: scanned }],
  },
  {
    name: 'planted',
    args: ['--workers', '1', '--allow-root', tmpdir()],
    make: (console) => makeDuplicates(console, SAMPLES),
    scenes: DUPLICATES_SCENES,
  },
];

export async function show(page: Page, { path, ready }: Scene): Promise<void> {
  await goTo(page, path);
  await ready?.(page);
}
