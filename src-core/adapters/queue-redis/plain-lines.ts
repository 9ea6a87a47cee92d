import { createHash, randomUUID } from 'node:crypto';
import { AppError, toAppError, toWire, type WireError } from '../../domain/app-error.ts';
import { parsePlainLine, plainTaskToNew } from '../../domain/plain-task.ts';
import type { NewTask } from '../../domain/task.ts';
import type { PlainIntake } from './plain-intake.ts';

/** A line of the plain list, and the task that is to take its place. */
export interface PlainTaskLine {
  /** Of the line's bytes, by which a script knows whether it is still at the head. */
  sha: string;
  bytes: number;
  task: NewTask;
  /** Takes the place of the task's own id where that is another task's already and this one only tells of a mistake. */
  madeId: string;
  /** Why it is failed at once. */
  error: WireError | null;
}

/** Of a line that says nothing usable, this many characters are kept. */
const KEPT_TEXT = 65_536;

/**
 * Reads lines; what is no task becomes one that is failed, with its text. Throws what `catalogIdOf` throws that is worth
 * another try.
 */
export async function readPlainLines(lines: readonly Buffer[], plain: PlainIntake): Promise<PlainTaskLine[]> {
  const catalogs = new Map<string | undefined, Promise<string>>();
  function catalogIdOf(name: string | undefined): Promise<string> {
    let id = catalogs.get(name);
    if (!id) {
      id = plain.catalogIdOf(name);
      catalogs.set(name, id);
    }
    return id;
  }
  const fallback = await catalogIdOf(undefined);
  return Promise.all(lines.map((line) => readLine(line, catalogIdOf, fallback)));
}

async function readLine(
  bytes: Buffer,
  catalogIdOf: PlainIntake['catalogIdOf'],
  fallback: string,
): Promise<PlainTaskLine> {
  const sha = createHash('sha1').update(bytes).digest('hex');
  const line = { sha, bytes: bytes.length, madeId: randomUUID() };
  const text = bytes.toString('utf8');
  const refused = (error: AppError, id: string | undefined): PlainTaskLine => {
    const { stack: _, ...wire } = toWire(error);
    const payload = { raw: text.slice(0, KEPT_TEXT) };
    return { ...line, error: wire, task: { id: id ?? line.madeId, catalogId: fallback, payload } };
  };
  const parsed = parsePlainLine(text);
  if ('error' in parsed) return refused(parsed.error, parsed.taskId);
  try {
    const catalogId = await catalogIdOf(parsed.task.catalog);
    return { ...line, error: null, task: plainTaskToNew(parsed.task, catalogId, line.madeId) };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.retryable) throw error;
    return refused(new AppError('INVALID_INPUT', `catalog: ${error.message}`), parsed.task.task_id);
  }
}
