export const CATALOG = {
  pictures: (count: number, text: string): string => (count === 1 ? `${text} picture` : `${text} pictures`),
  matching: (count: string, total: string): string => `${count} of ${total} pictures`,
  missing: (count: string): string => `${count} missing`,
  missingText: 'Pictures whose file is gone',
  model: (model: string, dimension: string): string => `${model}, ${dimension} dimensions`,
  modelText: 'The model that its vectors are made by',
  view: 'View',
  views: { grid: 'Grid', list: 'List' },
  list: 'Pictures of the catalog',
  changed: 'Pictures have been indexed since',
  showChanged: 'Show them',
  columns: {
    picture: 'Picture',
    file: 'File',
    folder: 'Folder',
    product: 'Product id',
    name: 'Name',
    format: 'Format',
    dimensions: 'Dimensions',
    bytes: 'File size',
    captured: 'Taken',
    indexed: 'Indexed',
  },
  folderOf: 'Show its folder',
  menu: {
    label: 'Catalog',
    create: 'New catalog',
    rename: 'Rename',
    reEmbed: 'Use another model',
    remove: 'Delete',
  },
  create: {
    title: 'New catalog',
    label: 'Name',
    text: 'A set of pictures that are searched together. It takes the model of the settings.',
    confirm: 'Create',
    done: (name: string): string => `The catalog “${name}” is there`,
  },
  rename: {
    title: (name: string): string => `Rename “${name}”`,
    label: 'New name',
    text: 'Its id and its pictures stay as they are.',
    confirm: 'Rename',
    done: (name: string): string => `It is called “${name}” now`,
  },
  remove: {
    title: (name: string): string => `Delete “${name}”?`,
    text: (count: number, pictures: string): string =>
      count === 1
        ? `The record and the vector of ${pictures} picture are forgotten. The file is left alone.`
        : `The records and vectors of ${pictures} pictures are forgotten. The files are left alone.`,
    tasks: (count: number, tasks: string): string =>
      count === 1 ? `${tasks} task that waits or runs is cancelled.` : `${tasks} tasks that wait or run are cancelled.`,
    label: (name: string): string => `Type “${name}” to confirm`,
    confirm: (count: number, pictures: string): string =>
      count === 1 ? `Delete with ${pictures} picture` : `Delete with ${pictures} pictures`,
    done: (name: string): string => `The catalog “${name}” is deleted`,
  },
  reEmbed: {
    title: (name: string): string => `Another model for “${name}”`,
    text: (count: number, pictures: string): string =>
      `${count === 1 ? `${pictures} picture is` : `${pictures} pictures are`} read and embedded again, beside the vectors that there are. Search goes on with those, and goes over when all are there.`,
    model: 'Model',
    none: 'No other model is installed.',
    toModels: 'Go to the models',
    keepOld: 'Keep the old vectors as a catalog of their own',
    confirm: 'Start',
    status: (model: string): string => `On the way to ${model}`,
    states: {
      running: 'is running',
      waiting: 'waits for imports and tasks to end',
      stopped: 'is stopped',
      failed: 'has failed',
    },
    done: (done: string, total: string): string => `${done} of ${total}`,
    arrived: (catalog: string, model: string): string => `“${catalog}” has the vectors of ${model} now`,
    goOn: 'Go on',
    failed: (count: string): string => `${count} could not be embedded`,
    cancel: 'Cancel and keep the old model',
    leaveOut: (count: number, text: string): string =>
      count === 1 ? `Go on without ${text} picture` : `Go on without ${text} pictures`,
    leaveOutQuestion: (count: number, text: string): string =>
      count === 1 ? `Leave ${text} picture out of the catalog?` : `Leave ${text} pictures out of the catalog?`,
    leaveOutText: 'They cannot be embedded by the new model. Their files are left alone.',
  },
  empty: {
    title: 'This catalog is empty',
    text: 'Import a folder of pictures into it: drop it anywhere in this window, or choose it on the Imports page.',
    action: 'Go to Imports',
  },
  none: {
    title: 'There is no catalog yet',
    text: 'The first import makes one. Drop a folder anywhere in this window, or choose it on the Imports page.',
  },
  nothing: { title: 'No picture matches', text: 'Take a filter away.', clear: 'Clear filters' },
  unknown: {
    title: (name: string): string => `There is no catalog “${name}”`,
    text: 'It may have been renamed or deleted.',
    action: 'Show another catalog',
  },
} as const;
