import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { StatsDocument } from '../../../src-core/contract/queue-documents.ts';
import { makePictures } from '../../support/pictures.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { expectNoViolations, goTo, openConsole } from './console.ts';

const TEST = { timeout: 180_000 };
const WAIT = { timeout: 60_000, interval: 50 };

interface Listed {
  tasks: { task_id: string }[];
}

it('shows what failed, corrects it and lets it run again', TEST, async () => {
  const pictures = await tempDir();
  const [old, moved] = [join(pictures, 'old'), join(pictures, 'moved')];
  const paths = await makePictures(old, 6);
  const broken = join(pictures, 'broken.png');
  await writeFile(broken, 'no picture at all');
  const { page, post, ask } = await openConsole({
    args: ['--workers', '1', '--allow-root', pictures],
    path: '/tasks',
  });
  await page.getByRole('heading', { name: 'No task yet' }).waitFor();
  await expectNoViolations(page);

  // The pause switch of the header, while the folder moves away from under its tasks.
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  const tasks = [...paths, broken].map((image_path) => ({ image_path, max_attempts: 1 }));
  expect((await post('/queue/enqueue/batch', tasks)).status).toBe(200);
  await rename(old, moved);
  const tab = (name: string) => page.getByRole('navigation', { name: 'States' }).getByRole('link', { name });
  await vi.waitFor(async () => expect(await tab('Waiting').innerText()).toMatch(/7$/), WAIT);
  await page.getByRole('button', { name: 'Resume' }).click();
  const failed = async (): Promise<Record<string, number>> =>
    (await ask<StatsDocument>('/queue/stats')).failures_by_code;
  await vi.waitFor(async () => expect(Object.values(await failed()).reduce((a, b) => a + b, 0)).toBe(7), WAIT);
  await vi.waitFor(async () => expect(await tab('Failed').innerText()).toMatch(/7$/), WAIT);

  // One failure, whole; and retried, though it fails again.
  await tab('Failed').click();
  await page.getByRole('row').filter({ hasText: 'broken.png' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('Runs that did not end well').waitFor();
  expect(page.url()).toMatch(/state=failed&task=/);
  await expectNoViolations(page);
  const [{ task_id }] = (await ask<Listed>('/queue/tasks?text=broken.png')).tasks as [{ task_id: string }];
  const runs = async () =>
    (await ask<{ history: unknown[]; status: string }>(`/queue/status/${task_id}`)).history.length;
  const before = await runs();
  await drawer.getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByText('1 task will run again').waitFor();
  await vi.waitFor(async () => expect(await runs()).toBe(before + 1), WAIT);
  await vi.waitFor(
    async () => expect(await drawer.getByRole('listitem').filter({ hasText: 'Stack' }).count()).toBe(before + 1),
    WAIT,
  );
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });

  // The group whose folder has moved.
  await page.getByText('By error', { exact: true }).click();
  await page.waitForURL(/view=errors/);
  const codes = Object.entries(await failed());
  const [missing] = codes.find(([, count]) => count === 6)!;
  const group = page.getByRole('row').filter({ hasText: missing });
  await group.getByText('old/part-0').first().waitFor();
  await expectNoViolations(page);
  await group.getByRole('button', { name: 'Correct and retry…' }).click();
  const dialog = page.getByRole('dialog');
  await vi.waitFor(async () => {
    expect(await dialog.getByLabel('Path begins with').inputValue()).toBe(join(old, 'part-0'));
  }, WAIT);
  await dialog.getByLabel('Path begins with').fill(old);
  await dialog.getByLabel('Replace it by').fill(moved);
  await dialog.getByText('6 of the 6 looked at lie there').waitFor();
  await expectNoViolations(page);
  await dialog.getByRole('button', { name: 'Correct and retry', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await vi.waitFor(async () => {
    const { counts } = await ask<StatsDocument>('/queue/stats');
    expect([counts.completed, counts.failed]).toEqual([6, 1]);
    expect(await tab('Completed').innerText()).toMatch(/6$/);
    expect(await tab('Failed').innerText()).toMatch(/1$/);
  }, WAIT);
  expect(await page.getByRole('row').filter({ hasText: missing }).count()).toBe(0);

  // A picture that is indexed, with the time that each stage took.
  await tab('Completed').click();
  await page.getByRole('row').filter({ hasText: 'picture-00003.png' }).click();
  await drawer.getByRole('img', { name: 'The picture as it is indexed' }).waitFor();
  await drawer.getByText('Time by stage').waitFor();
  await expectNoViolations(page);
  await page.keyboard.press('Escape');

  // Rows behind the first page are whole too when they have changed.
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  const ghosts = Array.from({ length: 300 }, (_, n) => join(moved, `ghost-${String(n).padStart(3, '0')}.png`));
  await post(
    '/queue/enqueue/batch',
    ghosts.map((image_path) => ({ image_path, max_attempts: 1 })),
  );
  await goTo(page, '/tasks?text=ghost');
  const row = page.getByRole('row').filter({ hasText: 'ghost-000.png' });
  await vi.waitFor(async () => {
    await page.getByRole('grid').evaluate((element) => element.scrollTo(0, element.scrollHeight));
    expect(await row.innerText()).toContain('Waiting');
  }, WAIT);
  await page.getByRole('button', { name: 'Resume' }).click();
  const [{ worker_id }] = (await ask<{ workers: { worker_id: string }[] }>('/queue/workers')).workers as [
    { worker_id: string },
  ];
  for (const text of ['Failed', 'FILE_NOT_FOUND', worker_id, '1 of 1']) await row.getByText(text).first().waitFor();
});
