const pictures = (count: number, text: string): string => (count === 1 ? `${text} picture` : `${text} pictures`);

const files = (count: number, text: string): string => (count === 1 ? `${text} file` : `${text} files`);

/** What an import would do, before it is one. */
export const PREVIEW = {
  title: 'What this import would do',
  looking: 'Looking at what lies there. The import can be started without waiting for it.',
  toIndex: (count: number, text: string, size: string, isComplete: boolean): string => {
    const found = count === 0 ? 'No picture to index' : `${pictures(count, text)} to index, ${size}`;
    if (isComplete) return found;
    return count === 0 ? `${found} was found so far` : `At least ${found}`;
  },
  soon: 'It takes a few seconds.',
  byTrial: (about: string, low: string, high: string): string =>
    low === high ? `About ${about}.` : `About ${about} (${low} to ${high}).`,
  byRate: (about: string): string => `About ${about} at what the fleet gets through now.`,
  before: (count: number, text: string): string =>
    count === 1 ? `${text} task comes before.` : `${text} tasks come before.`,
  noTime: {
    'no workers': 'No worker runs here, so nothing can be said of the time.',
    'no result': 'A trial gave no result, so nothing can be said of the time.',
    stopped: 'There is more than could be looked at in a few seconds, so nothing can be said of the time.',
  },
  format: 'Format',
  pictures: 'Pictures',
  size: 'Size',
  ofThem: 'To index',
  noExtension: 'no extension',
  otherFormats: 'others',
  /** Those of the program itself; all others are called by what was written. */
  rules: {
    extension: 'no pictures by their name',
    hidden: 'hidden',
    'not-a-file': 'no files',
    'not included': 'not among those wanted',
    sidecar: 'words beside pictures',
    'cloud-placeholder': 'in a cloud only',
  } as Record<string, string>,
  notes: {
    known: (count: number, text: string): string => `${pictures(count, text)} known and unchanged`,
    updated: (count: number, text: string): string => `${pictures(count, text)} of which more is said now`,
    moved: (count: number, text: string): string => `${pictures(count, text)} known under another path`,
    excluded: (count: number, text: string, rules: string): string => `${files(count, text)} left out: ${rules}`,
    folders: (count: number, text: string, rules: string): string =>
      `${count === 1 ? `${text} folder` : `${text} folders`} left out: ${rules}`,
    failed: (count: number, text: string, codes: string): string => `${files(count, text)} cannot be read: ${codes}`,
    missing: (count: number, text: string): string => `${pictures(count, text)} gone: to be marked as missing`,
  },
} as const;

/** Which column of a manifest holds what. */
export const MANIFEST = {
  title: (name: string): string => `Columns of ${name}`,
  fields: { path: 'Path', product_id: 'Product id', name: 'Name', description: 'Description' },
  others: 'Fields of the picture',
  none: 'None',
  noPath: 'Say which column holds the path of the picture.',
  kept: 'The first lines as they will be taken. All other columns become fields of the picture. The source keeps this.',
} as const;
