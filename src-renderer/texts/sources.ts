const pictures = (count: number, text: string): string => (count === 1 ? `${text} picture` : `${text} pictures`);

/** "and cancel 2 tasks"; nothing where there is none. */
const tasks = (count: number, before: string): string =>
  count === 0 ? '' : `${before}${count} ${count === 1 ? 'task' : 'tasks'}`;

export const SOURCES = {
  title: 'Sources',
  table: 'Sources of all catalogs',
  count: (count: string): string => `${count} in all`,
  empty: {
    title: 'There is no source yet',
    text: 'A source is a folder, a picture or a manifest that pictures were imported from. The first import makes the first one.',
    action: 'Go to Imports',
  },
  columns: {
    source: 'Source',
    kind: 'Kind',
    catalog: 'Catalog',
    pictures: 'Pictures',
    missing: 'Missing',
    rules: 'Rules',
    scanned: 'Last scan',
    state: 'State',
  },
  kinds: { folder: 'Folder', manifest: 'Manifest' },
  rules: (include: number, exclude: number): string =>
    [include > 0 && `only ${include}`, exclude > 0 && `not ${exclude}`].filter(Boolean).join(', '),
  never: 'Long ago',
  detail: {
    path: 'Path',
    copyPath: 'Copy path',
    catalog: 'Catalog',
    kind: 'Kind',
    pictures: 'Pictures',
    missing: 'Missing',
    missingHint: 'Known pictures whose file was gone at the last scan',
    since: 'Source since',
    scanned: 'Last scan',
    showImport: 'Show this import',
  },
  scan: 'Scan again',
  scanning: (name: string): string => `${name} is being scanned.`,
  rulesForm: {
    title: 'Rules',
    include: 'Only these',
    includeText: 'All pictures, unless patterns are given: *.jpg, 2024/**',
    exclude: 'Not these',
    excludeText: 'Beside what is left out by itself: recycle bins, previews and caches of other tools, hidden files',
    save: 'Save rules',
    saved: (count: number, text: string, cancelled: number): string =>
      count + cancelled === 0
        ? 'The rules are saved. The next scan follows them.'
        : `The rules are saved; ${pictures(count, text)} left the catalog${tasks(cancelled, '. Cancelled: ')}.`,
    question: (count: number, text: string, open: number): string =>
      `Take ${pictures(count, text)} out of the catalog${tasks(open, ' and cancel ')}?`,
    questionText: 'The new rules leave them out. The files stay as they are.',
    confirm: 'Save rules and take them out',
  },
  verify: {
    title: 'Verify',
    text: 'Compares the folder, what is known of it, and the store.',
    deep: 'Read every file, and compare its bytes',
    start: 'Verify',
    fix: 'Fix what needs no deletion',
    running: (time: string): string => `Comparing, ${time}`,
    stop: 'Stop',
    checked: (files: string, known: string, records: string): string =>
      `${files} files, ${known} known pictures and ${records} records were compared.`,
    none: 'No difference was found.',
    more: (shown: string, all: string): string => `The first ${shown} of ${all} differences are shown.`,
    beyond: (count: string): string => `${count} cannot be repaired by itself.`,
    underway: (count: string): string => `${count} pictures are being indexed just now and were left out.`,
    failed: (count: string): string => `${count} files could not be compared.`,
    imports: 'To be imported for the repair',
    importNow: 'Import',
    unfinished: 'An import of it is not finished: it repairs this.',
    table: 'Differences',
    columns: { kind: 'Difference', path: 'Path', message: 'What is so', todo: 'What to do' },
    repairs: 'Fix repairs it',
  },
  move: {
    title: 'Lies elsewhere now',
    text: 'Say where the folder lies now. Its pictures keep their records, and none is read again.',
    start: 'Move to …',
    nothing: 'Choose where it lies now',
    confirm: (name: string): string => `It is ${name} now`,
    moved: (count: number, text: string): string => `${pictures(count, text)} now lie there.`,
  },
  prune: {
    title: 'Missing pictures',
    none: 'No picture is missing.',
    text: (count: number, text: string): string =>
      `The ${count === 1 ? 'file' : 'files'} of ${pictures(count, text)} ${count === 1 ? 'was' : 'were'} gone at the last scan. They stay in the catalog until they are pruned; files that have come back are kept.`,
    start: (count: number, text: string): string => `Prune ${pictures(count, text)}`,
    question: (count: number, text: string): string => `Prune ${pictures(count, text)}?`,
    questionText: 'Their records leave the catalog. Files that are there again are kept.',
    confirm: 'Prune',
    done: (count: number, text: string, back: number): string =>
      back === 0
        ? `${pictures(count, text)} left the catalog.`
        : `${pictures(count, text)} left the catalog; ${back} had come back.`,
  },
  remove: {
    title: 'Remove',
    text: 'Takes the source and its pictures out of the catalog. The files stay as they are.',
    start: 'Remove source',
    question: (count: number, text: string, open: number): string =>
      `Remove this source and its ${pictures(count, text)} from the catalog${tasks(open, ', and cancel ')}?`,
    questionText: 'The files stay as they are. To have them again, the folder must be imported and indexed again.',
    confirm: 'Remove',
    done: (count: number, text: string, cancelled: number): string =>
      `The source is removed, and ${pictures(count, text)} with it${tasks(cancelled, '. Cancelled: ')}.`,
  },
} as const;

/** Said on Imports, too. */
export const WATCH = {
  label: { folder: 'Watch this folder', manifest: 'Watch this manifest' },
  text: 'Changes are imported as they happen, also after the server was started again',
  watched: 'Watched',
  done: (name: string, watch: boolean): string =>
    watch ? `${name} is watched: its changes are imported as they happen.` : `${name} is not watched any more.`,
} as const;
