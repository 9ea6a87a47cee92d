import type { Attributes } from './tracing.ts';

export type Operation = 'create' | 'send' | 'receive' | 'process' | 'settle';

/** OpenTelemetry's conventions for messaging: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ */
export const messagingName = (operation: Operation, queue: string): string => `${operation} ${queue}`;

export function messagingAttributes(operation: Operation, queue: string, more: Attributes = {}): Attributes {
  return {
    'messaging.system': 'imagefleet',
    'messaging.destination.name': queue,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    ...more,
  };
}
