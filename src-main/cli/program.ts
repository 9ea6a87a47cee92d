import { installedVersion } from '../../src-core/settings/installation.ts';
import type { Run } from './cli.ts';
import { addCancel } from './commands/cancel.ts';
import { addCatalogs } from './commands/catalogs.ts';
import { addCopy } from './commands/copy.ts';
import { addDoctor } from './commands/doctor.ts';
import { addDuplicates } from './commands/duplicates.ts';
import { addFlush } from './commands/flush.ts';
import { addImports } from './commands/imports.ts';
import { addIndex } from './commands/index-pictures.ts';
import { addModels } from './commands/models.ts';
import { addMonitor } from './commands/monitor.ts';
import { addPause, addResume } from './commands/pause.ts';
import { addPrune } from './commands/prune.ts';
import { addRetry } from './commands/retry.ts';
import { addSearch } from './commands/search.ts';
import { addServe } from './commands/serve.ts';
import { addSources } from './commands/sources.ts';
import { addStats } from './commands/stats.ts';
import { addStatus } from './commands/status.ts';
import { addSupportBundle } from './commands/support-bundle.ts';
import { addTasks } from './commands/tasks.ts';
import { addToken } from './commands/token.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import { addWorkers } from './commands/workers.ts';
import { createRoot, type Program } from './global-options.ts';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  $ imagefleet index ~/Pictures            index a folder and everything below it
  $ imagefleet search ~/Pictures/cat.jpg   find the pictures that look like this one
  $ imagefleet status                      see what runs now

Exit codes:
  0 done   1 the job failed   2 wrong usage   3 a backend cannot be reached   130 stopped by Ctrl-C`;

/** The order is that of the help. */
const COMMANDS: readonly ((program: Program, run: Run) => void)[] = [
  addIndex,
  addSearch,
  addStatus,
  addStats,
  addWorkers,
  addMonitor,
  addImports,
  addTasks,
  addRetry,
  addCancel,
  addPause,
  addResume,
  addFlush,
  addCatalogs,
  addSources,
  addPrune,
  addDuplicates,
  addVerify,
  addCopy,
  addWorker,
  addServe,
  addToken,
  addModels,
  addDoctor,
  addSupportBundle,
];

export function createProgram(run: Run, io: Io): Program {
  const program = createRoot()
    .description('Index large picture catalogs with a fleet of local workers, and find pictures by similarity.')
    .version(installedVersion(), '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {}, // runCli says it, as text or as JSON
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    })
    .exitOverride();
  for (const add of COMMANDS) add(program, run);
  return program;
}
