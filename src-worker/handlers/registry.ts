import type { HandlerFactory } from '../handler.ts';
import { createIndexHandler } from './index/create-index-handler.ts';

/** Which handler runs which kind of task. A new kind is a folder beside `index/`, a schema, and a line here. */
export const HANDLERS: Readonly<Record<string, HandlerFactory>> = {
  index: createIndexHandler,
};
