import { processIo } from './io.ts';
import { runCli } from './run-cli.ts';

const io = processIo();
// `imagefleet tasks | head`: who read has enough. Nothing that was wanted is lost, so it is not an error.
io.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), io);
