import { createRequire } from 'node:module';
import type * as Runtime from 'onnxruntime-node';

// onnxruntime 1.30 reports its use to Microsoft unless this is set when it is loaded. `require`, because an import is
// hoisted above any statement, in a bundle too.
process.env.ORT_DISABLE_TELEMETRY = '1';

export const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Runtime;
