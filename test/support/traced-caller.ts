/*
 * A program with traces of its own, which hands a picture to a server. Arguments: the collector's address, the server's,
 * its token, the picture. Prints the id of its trace.
 */
import { settingsSchema } from '../../src-core/settings/schema.ts';
import { createLogger } from '../../src-core/telemetry/log.ts';
import { openTracer } from '../../src-core/telemetry/tracing.ts';

const [endpoint, url = '', token = '', path = ''] = process.argv.slice(2);
const log = createLogger({ proc: 'caller', level: 'warn', format: 'json' });
const tracer = await openTracer(settingsSchema.parse({ tracing: { endpoint } }), { proc: 'caller', log });
if (!tracer) throw new Error('the first argument must be the address of a collector');

const span = tracer.start('upload a product', { kind: 'client' });
const response = await fetch(`${url}/queue/enqueue`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    traceparent: span.traceparent,
  },
  body: JSON.stringify({ image_path: path, task_id: 'traced' }),
});
if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
span.end();
await tracer.close();
process.stdout.write(span.traceId);
