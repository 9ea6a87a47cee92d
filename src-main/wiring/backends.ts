import { join } from 'node:path';
import { findModel, openDuplicates, openImports, openQueue, openStore } from '../../src-core/open-backends.ts';
import type { Naming } from '../../src-core/domain/naming.ts';
import { parseSharedFolder } from '../../src-core/domain/path-map.ts';
import { rememberFor } from '../../src-core/domain/remember.ts';
import { PROTOCOL_VERSION } from '../../src-core/domain/worker-status.ts';
import { machineIdOf, type DataDir } from '../../src-core/settings/data-dir.ts';
import type { Settings } from '../../src-core/settings/schema.ts';
import { createLogRing } from '../../src-core/telemetry/log-ring.ts';
import { openTracer } from '../../src-core/telemetry/tracing.ts';
import { closeIt, type Openings } from './openings.ts';

export interface BackendOptions {
  settings: Settings;
  dataDir: DataDir;
  /** Which process, for its log lines. */
  proc: string;
  /** Where log lines go, and whether a person reads them there. */
  logTo: { write: (text: string) => void; terminal: boolean };
}

/**
 * Tasks come by the thousands a second, and catalogs stay. One that another process dropped is seen after so long: a task
 * that names it meanwhile meets what one meets that was enqueued just before.
 */
const CATALOGS_MS = 1_000;

export type Backends = ReturnType<typeof createBackends>;

/** What services stand on: queue, store, logs of imports and duplicates, and the process' own log and traces. */
export function createBackends({ settings, dataDir, proc, logTo }: BackendOptions, { once }: Openings) {
  const recentLogs = createLogRing();
  const logFile = once(
    async () => {
      const { toFile, fileBytes, keepFiles } = settings.log;
      if (!toFile) return null;
      const { openLogFile } = await import('../../src-core/telemetry/log-file.ts');
      return openLogFile({ folder: join(dataDir.root, 'logs'), maxBytes: fileBytes, keep: keepFiles });
    },
    async (file) => file?.close(),
  );
  const log = once(async () => {
    const { createLogger, prettyLines } = await import('../../src-core/telemetry/log.ts');
    const { format } = settings.log;
    const pretty = format === 'pretty' || (format === 'auto' && logTo.terminal);
    const render = pretty ? prettyLines(logTo.terminal) : (line: string) => line;
    const file = await logFile();
    return createLogger({
      proc,
      ...settings.log,
      write(line) {
        recentLogs.add(line);
        file?.write(line);
        logTo.write(render(line));
      },
    });
  });

  const store = once(async () => openStore(settings, dataDir, log), closeIt);
  const tracer = once(
    async () => openTracer(settings, { proc, log: await log() }),
    async (opened) => opened?.close(),
  );
  const queue = once(async () => {
    const traced = await tracer();
    const opened = await openQueue(settings, dataDir, { store, isHost: true, log });
    if (traced === null) return opened;
    const { traceQueue } = await import('../../src-core/telemetry/traced-queue.ts');
    return traceQueue(opened, settings.queue.name, traced);
  }, closeIt);
  const importLog = once(() => openImports(dataDir), closeIt);
  const duplicateLog = once(() => openDuplicates(dataDir), closeIt);

  const naming = once(async (): Promise<Naming> => {
    const isShared = settings.redis.url !== null || settings.qdrant.url !== null;
    return {
      machine: isShared ? await machineIdOf(dataDir) : null,
      folders: settings.paths.map.map(parseSharedFolder),
    };
  });

  const ensureCatalog = rememberFor(CATALOGS_MS, async (name) => {
    const { manifest } = await findModel(dataDir, settings.model.id);
    const { id: model, output } = manifest;
    const opened = await store();
    await (await queue()).attach({ protocol: PROTOCOL_VERSION, store: opened.fingerprint, model });
    return opened.ensureCatalog({ name, model, dimension: output.dimension });
  });

  return { recentLogs, log, tracer, store, queue, importLog, duplicateLog, naming, ensureCatalog };
}
