import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, fromWire, parseOrThrow, toAppError, toWire, wireError } from '../../../src-core/domain/app-error.ts';

describe('AppError', () => {
  it('knows from its code whether another attempt may help, and can be told otherwise', () => {
    expect(new AppError('STORE_UNAVAILABLE', 'x').retryable).toBe(true);
    expect(new AppError('IMAGE_CORRUPT', 'x').retryable).toBe(false);
    expect(new AppError('STORE_UNAVAILABLE', 'x', { retryable: false }).retryable).toBe(false);
  });

  it('crosses a process as JSON and comes back the same', () => {
    const error = new AppError('FILE_TOO_LARGE', 'a.jpg has 5 bytes', {
      details: { bytes: 5 },
      cause: new Error('the reason'),
    });
    const wire = wireError.parse(JSON.parse(JSON.stringify(toWire(error))));
    const back = fromWire(wire);
    expect(back).toMatchObject({ code: 'FILE_TOO_LARGE', message: error.message, retryable: false });
    expect(back.details).toEqual({ bytes: 5 });
    expect(back.stack).toContain('caused by: Error: the reason');
  });

  it('wraps what is not an AppError and keeps it as the cause', () => {
    const cause = new TypeError('boom');
    expect(toAppError(cause)).toMatchObject({ code: 'INTERNAL', message: 'boom', cause });
    expect(toAppError('text', 'EMBED_FAILED')).toMatchObject({ code: 'EMBED_FAILED', message: 'text' });
  });
});

describe('parseOrThrow', () => {
  const schema = z.strictObject({ size: z.number(), inner: z.strictObject({ name: z.string() }) });

  it('answers what is right', () => {
    expect(parseOrThrow(schema, { size: 1, inner: { name: 'a' } }, 'thing')).toEqual({ size: 1, inner: { name: 'a' } });
  });

  it('names every field that is wrong', () => {
    expect(() => parseOrThrow(schema, { size: 'x', inner: {}, more: 1 }, 'thing', 'INVALID_SETTINGS')).toThrow(
      expect.objectContaining({
        code: 'INVALID_SETTINGS',
        message: expect.stringMatching(/^thing: .*size: .*inner\.name: .*more/s),
      }),
    );
  });
});
