import type { DownloadProgress, ModelDesk } from '../client/model-desk.ts';
import type { Cli } from './cli.ts';
import { formatBytes } from './format.ts';
import { listenForInterrupt } from './interrupt.ts';

const TERMINAL_MS = 250;
const PLAIN_MS = 5_000;

/**
 * Downloads a model and tells on stderr how far it is. Ctrl-C ends it, or ends the telling where a server does it. Throws why
 * it could not be.
 */
export async function followDownload(cli: Cli, models: ModelDesk, id: string): Promise<DownloadProgress> {
  const interrupt = listenForInterrupt(cli.io);
  try {
    await models.download(id);
    const stop = await showDownload(cli, models, id);
    return await models.ended(id, interrupt.signal).finally(stop);
  } finally {
    interrupt.stop();
  }
}

/** Answers what takes the line away. */
async function showDownload({ io: { stderr }, divertLog }: Cli, models: ModelDesk, id: string): Promise<() => void> {
  // What cannot be asked now is told by the end of the download, too.
  const tell = (show: (line: string) => void): void =>
    void models.get(id).then(
      ({ download }) => show(describeDownload(download)),
      () => {},
    );
  const isTerminal = stderr.isTTY && stderr.columns && stderr.rows;
  if (!isTerminal) {
    const timer = setInterval(() => tell((line) => void stderr.write(`${line}\n`)), PLAIN_MS);
    return () => clearInterval(timer);
  }
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stderr as NodeJS.WriteStream, { showCursor: true });
  divertLog((line) => update.persist(line.trimEnd()));
  let stopped = false;
  const timer = setInterval(() => tell((line) => void (stopped || update(line))), TERMINAL_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
    divertLog(null);
    update.clear();
    update.done();
  };
}

/** "clip.onnx  120 MB of 352 MB (34%)"; without the end where it is not known. */
function describeDownload(download: DownloadProgress | null): string {
  if (!download) return '';
  const { file, bytes, total_bytes: total } = download;
  const known = total === null ? '' : ` of ${formatBytes(total)} (${Math.floor((100 * bytes) / Math.max(1, total))}%)`;
  return `${file ?? 'preparing'}  ${formatBytes(bytes)}${known}`;
}
