import { AppError } from '../../src-core/domain/app-error.ts';

/** What forgets tasks needs their number, too. Throws INVALID_INPUT, with the number to give. */
export function mustConfirmTasks(tasks: number, given: number | undefined): void {
  if (tasks === 0 || given === tasks) return;
  throw new AppError('INVALID_INPUT', `${tasks} tasks would be forgotten; confirm says how many`, {
    details: { tasks, issues: [{ field: 'confirm', problem: `must be ${tasks}` }] },
  });
}

/**
 * What takes a whole catalog out needs one number: that of its pictures and its open tasks together, which stays the same while
 * tasks become pictures. Throws INVALID_INPUT, with the number to give.
 */
export function mustConfirmBoth(what: string, images: number, tasks: number, given: number | undefined): void {
  const both = images + tasks;
  if (tasks === 0) return mustConfirm(what, images, given);
  if (given === both) return;
  const message = `${what}: ${images} pictures would leave the catalog and ${tasks} tasks that wait or run be cancelled; confirm says how many together`;
  const problem = `must be ${both}: ${images} pictures, ${tasks} tasks`;
  throw new AppError('INVALID_INPUT', message, {
    details: { images, tasks, issues: [{ field: 'confirm', problem }] },
  });
}

/** What takes pictures out of a catalog needs their number. Throws INVALID_INPUT, with the number to give. */
export function mustConfirm(what: string, images: number, given: number | undefined): void {
  if (images === 0 || given === images) return;
  throw new AppError('INVALID_INPUT', `${what}: ${images} pictures would leave the catalog; confirm says how many`, {
    details: { images, issues: [{ field: 'confirm', problem: `must be ${images}` }] },
  });
}
