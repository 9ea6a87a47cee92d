import { fork } from 'node:child_process';
import { PROTOCOL_VERSION } from '../../../src-core/domain/worker-status.ts';
import { settingsSchema } from '../../../src-core/settings/schema.ts';

// A host that the test can kill: starts one worker on the data dir that it is given and prints the worker's pid.
const dataDir = process.argv[2];
const worker = fork(new URL('../../../src-worker/worker.ts', import.meta.url), { serialization: 'advanced' });
const settings = settingsSchema.parse({ fleet: { heartbeatMs: 50 } });
worker.send({ type: 'start', protocol: PROTOCOL_VERSION, workerId: 'worker-1', settings, dataDir });
worker.on('message', (message) => process.send?.({ pid: worker.pid, message }));
