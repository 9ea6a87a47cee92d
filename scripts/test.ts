/**
 * Runs every check, then every test: `npm test`, or `npm test -- PATTERN…` for some test files only. Ends at the first
 * check that fails, with its output; exit code 1.
 */
import { spawnSync } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
const patterns = process.argv.slice(2);

const CHECKS = [
  ['types', 'tsc', '--build'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['unused files and dependencies', 'knip', '--no-progress'],
] as const;

for (const [name, command, ...args] of patterns.length ? [] : CHECKS) {
  const startedAt = performance.now();
  run(command, args);
  console.log(`✓ ${name} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`);
}
run('vitest', ['run', ...patterns]);

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(join(bin, command), args, { cwd: root, env, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) {
    console.error(`✗ ${command} ${args.join(' ')}`);
    process.exit(1);
  }
}
