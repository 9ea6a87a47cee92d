/** Over the whole window, while something is dragged over it. */
export const DROP = {
  folder: 'Import this folder',
  manifest: 'Import what this manifest lists',
  pictures: (count: number): string => (count === 1 ? 'Import this picture' : `Import these ${count} pictures`),
  several: (count: number): string => `Import these ${count} folders and files`,
  readOnly: 'Nothing can be imported with a read-only token',
} as const;
