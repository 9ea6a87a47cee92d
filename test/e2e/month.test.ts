import { expect, it } from 'vitest';
import { scriptedMonth } from '../month/script.ts';
import { tempDir } from '../support/temp-dir.ts';

// `npm run chaos` does it with 3,000.
const PICTURES = Number(process.env.IMAGEFLEET_MONTH_PICTURES ?? 300);

it(
  `follows a folder of ${PICTURES} pictures through a month in which every host is killed once`,
  { timeout: 1_800_000 },
  async () => {
    const report = await scriptedMonth(await tempDir(), PICTURES, (line) => process.stderr.write(`${line}\n`));
    expect(report.days).toBeGreaterThan(20);
    expect(report.kills.done).toBeGreaterThan(report.kills.tooLate);
  },
);
