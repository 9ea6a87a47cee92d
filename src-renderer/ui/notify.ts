import { notifications } from '@mantine/notifications';
import { problemOf } from '../lib/problem.ts';
import { UI } from '../texts/ui.ts';

/** In a corner, for a moment: what was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'green' });
}

/** In a corner, until it is closed: what did not work, and what to do. */
export function notifyProblem(error: unknown, title: string = UI.problem.title): void {
  const { message, todo } = problemOf(error);
  notifications.show({ title, message: `${message} ${todo}`, color: 'red', autoClose: false });
}
