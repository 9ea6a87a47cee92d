/** What was wrong, where its path stands beside it anyway. */
export function withoutPath(message: string, path: string | null): string {
  return path !== null && message.startsWith(path) ? message.slice(path.length).replace(/^[\s:]+/, '') : message;
}
