import type { LedgerOutcome } from '../../src-core/domain/import.ts';

export const OUTCOME_TEXTS: Record<LedgerOutcome, string> = {
  open: 'Open',
  indexed: 'Indexed',
  skipped: 'Skipped',
  updated: 'Updated',
  moved: 'Moved',
  excluded: 'Excluded',
  missing: 'Missing',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What an outcome means, on hover. */
export const OUTCOME_HINTS: Record<LedgerOutcome, string> = {
  open: 'Still to be done',
  indexed: 'Read, and stored in the catalog',
  skipped: 'Known and unchanged: not read again',
  updated: 'Known; only what is said of it has changed',
  moved: 'Known under another path, which it had before',
  excluded: 'Left out by a rule',
  missing: 'In the catalog, but its file is gone',
  failed: 'Could not be indexed; its error says why',
  cancelled: 'Given up with its import',
};

const pictures = (count: number, text: string): string => (count === 1 ? `${text} picture` : `${text} pictures`);

export const IMPORTS = {
  title: 'Imports',
  table: 'Imports, the newest first',
  add: 'Import pictures',
  count: (count: string): string => `${count} in all`,
  columns: {
    source: 'Source',
    state: 'State',
    catalog: 'Catalog',
    discovered: 'Discovered',
    skipped: 'Skipped',
    done: 'Done',
    failed: 'Failed',
    progress: 'Progress',
    started: 'Started',
    startedBy: 'Started by',
    actions: 'Actions',
  },
  starters: { console: 'Console', cli: 'Command line', api: 'API', watch: 'Watch' },
  took: (time: string): string => `took ${time}`,
  empty: {
    title: 'Nothing was imported yet',
    text: 'Choose a folder of pictures, or drop one anywhere in this window. Its pictures are read where they lie; they are never changed.',
    action: 'Import pictures',
    setup: 'Set up in three steps',
  },
  actions: {
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel',
    again: 'Run again',
    of: (action: string, name: string): string => `${action}: ${name}`,
    cancelQuestion: (count: number, text: string): string =>
      count === 0
        ? 'Cancel this import?'
        : `Cancel this import and give up its ${pictures(count, text)} still to come?`,
    cancelText: 'What is indexed stays. Run it again to take in the rest.',
    cancelConfirm: 'Cancel the import',
    keep: 'Let it run',
    started: (name: string): string => `The import of ${name} runs.`,
    cancelled: (count: number, text: string): string =>
      count === 1
        ? `The import is cancelled, and ${text} task with it.`
        : `The import is cancelled, and ${text} tasks with it.`,
  },
} as const;

export const NEW_IMPORT = {
  title: 'Import pictures',
  text: 'Choose a folder, a picture, or a manifest (CSV or JSON lines) on the server’s machine.',
  dropped: {
    looking: (names: string): string => `Looking for ${names} on the server. A browser does not tell where it lies.`,
    found: (names: string): string => `${names} was found here by its name and what lies in it.`,
    foundFolder: 'The folder that these files lie in is chosen. What is known already is skipped.',
    several: 'These will be imported, each as a source of its own:',
    missing: (names: string): string =>
      `${names} was not found in the folders that the server may read. Choose where it lies.`,
    more: (first: string, others: number): string => `${first} and ${others} more`,
    other: 'Choose another folder',
  },
  catalog: 'Catalog',
  catalogText: 'A new name makes a new catalog',
  more: 'Manifest and priority',
  include: 'Only these',
  includeText: 'All pictures, unless patterns are given: *.jpg, 2024/**',
  exclude: 'Not these',
  excludeText: (patterns: readonly string[], more: number, isHiddenTaken: boolean): string =>
    [
      !isHiddenTaken && 'hidden files',
      patterns.length > 0 && `${patterns.join(', ')} and ${more} more of what nobody wants`,
    ]
      .filter(Boolean)
      .join(', ')
      .replace(/^./, (first) => `Left out by itself: ${first}`),
  known: (rules: string): string => `It is a source of this catalog already and keeps its rules: ${rules}`,
  noRules: 'none',
  rules: (include: string, exclude: string): string =>
    [include && `only ${include}`, exclude && `not ${exclude}`].filter(Boolean).join('; '),
  changeRules: 'Change them on Sources',
  manifest: 'Manifest with facts',
  manifestText: 'A CSV or JSON-lines file of that folder, which says more of its pictures',
  noManifest: 'None',
  priority: 'Priority',
  priorities: { high: 'High', normal: 'Normal', low: 'Low' },
  cancel: 'Cancel',
  nothing: 'Choose a folder',
  start: (name: string): string => `Import ${name}`,
  startSeveral: (count: string): string => `Import ${count} sources`,
  started: (count: string): string => `${count} imports run.`,
} as const;

export const IMPORT_DETAIL = {
  back: 'All imports',
  title: 'Import',
  facts: {
    catalog: 'Catalog',
    priority: 'Priority',
    started: 'Started',
    by: 'by',
    took: 'Took',
    running: 'Running for',
  },
  counts: 'Files by what became of them',
  all: 'Discovered',
  allHint: 'Every file that was found, each with one outcome',
  heldUp: (code: string): string => `It is held up: ${code}`,
  heldUpText: 'It goes on by itself. Nothing is marked as failed or missing for that.',
  failedBecause: (code: string): string => `It has ended: ${code}`,
  failures: {
    title: 'Failures by error',
    retry: 'Retry',
    retryOf: (count: string, code: string): string => `Retry ${count} with ${code}`,
    retried: (count: number, text: string): string =>
      count === 1 ? `${text} task runs again.` : `${text} tasks run again.`,
    show: (count: string): string => `${count} files`,
    one: '1 file',
    tasks: 'Tasks',
    tasksOf: (code: string): string => `Tasks that failed with ${code}`,
    pictures: 'As they were indexed before',
  },
  ledger: {
    label: 'Ledger: every file and what became of it',
    title: 'Files',
    file: 'File',
    outcome: 'Outcome',
    reason: 'Reason',
    message: 'Message',
    bytes: 'Size',
    at: 'When',
    export: 'Export CSV',
    code: (code: string): string => `Only ${code}`,
    clearCode: 'Show all errors',
    none: 'No file has this outcome.',
    looking: 'No file has been found yet.',
    stale: 'Show what has changed',
  },
  line: {
    path: 'Path',
    task: 'Task',
    openTask: 'Show its task',
    reason: 'Reason',
    message: 'Message',
    todo: 'What to do',
    bytes: 'Size',
    at: 'When',
    retry: 'Retry',
    retried: 'It runs again.',
    picture: 'The picture as it is indexed',
    copyPath: 'Copy path',
  },
} as const;

export const FIRST_RUN = {
  title: 'Set up Imagefleet',
  skip: 'Skip',
  back: 'Back',
  next: 'Next',
  where: {
    label: 'Pictures',
    title: 'Where are your pictures?',
    text: 'They are read where they lie and never changed. A folder can also be dropped anywhere in this window.',
  },
  backends: {
    label: 'Storage',
    title: 'Where shall the queue and the vectors be kept?',
    embedded: 'In this program',
    embeddedText:
      'Nothing to install. Right for one machine and up to some hundred thousand pictures. You can move to servers later and keep everything.',
    servers: 'On servers',
    serversText:
      'Redis for the queue, Qdrant for the vectors: for workers on several machines, and millions of pictures.',
    redis: 'Redis address',
    redisExample: 'redis://host:6379',
    qdrant: 'Qdrant address',
    qdrantExample: 'http://host:6333',
    key: 'Key of the Qdrant server',
    keyText: 'Leave it empty where it needs none',
    now: (address: string): string => `now: ${address}`,
    later: 'Servers are used when this server is started again. Import your pictures then.',
    need: 'Give both addresses, or keep what is in this program.',
  },
  workers: {
    label: 'Workers',
    title: 'How many workers shall run on this machine?',
    text: 'Each is a process of its own. One per core is as fast as it gets; fewer leave the machine to others.',
    now: (count: number, text: string): string => (count === 1 ? `${text} worker runs now` : `${text} workers run now`),
    automatic: 'One per core, at most eight',
    number: 'Choose a number',
    count: 'Workers',
  },
  finish: 'Finish',
  fixed: 'The server was started with flags or an environment that say this. They go before what could be saved here.',
  start: (name: string): string => `Import ${name}`,
  save: 'Save',
  saved: 'Saved. Start the server again: then queue and vectors are on your servers.',
} as const;

export const UPLOAD = {
  title: (name: string): string => `Uploading ${name}`,
  sent: (files: string, bytes: string): string => `${files} files sent, ${bytes}`,
  sentOf: (files: string, all: string, bytes: string): string => `${files} of ${all} files sent, ${bytes}`,
  skipped: (count: string): string => `${count} are no pictures`,
  goOn: 'Go on',
  cancel: 'Cancel',
  question: (count: number, text: string): string =>
    count === 0
      ? 'Cancel this upload?'
      : `Cancel this upload and delete the ${count === 1 ? `${text} file` : `${text} files`} already sent?`,
  questionText: 'Only the copies on the server are deleted.',
  confirm: 'Cancel the upload',
  start: 'Upload and import',
  hint: 'Does it lie on another computer than the server? Then upload it: it is copied to the server and imported there.',
} as const;
