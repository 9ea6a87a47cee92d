import { describe, expect, it } from 'vitest';
import { imageIdOf } from '../../../src-core/domain/identity.ts';
import { indexPayload } from '../../../src-core/domain/index-task.ts';
import { parsePlainLine, plainTaskToNew, type PlainTask } from '../../../src-core/domain/plain-task.ts';
import { newTask } from '../../../src-core/domain/task.ts';

const CATALOG = '6f1c1f0e-0000-4000-8000-000000000001';

function taskIn(line: object): PlainTask {
  const parsed = parsePlainLine(JSON.stringify(line));
  if ('error' in parsed) throw parsed.error;
  return parsed.task;
}

function complaintAbout(line: string): string {
  const parsed = parsePlainLine(line);
  if ('task' in parsed) throw new Error('it was taken');
  return `${parsed.error.code} ${parsed.error.message}`;
}

describe('a plain line', () => {
  it('needs no more than a path', () => {
    const task = plainTaskToNew(taskIn({ image_path: '/pictures/a.jpg' }), CATALOG, 'made-id');
    expect(newTask.parse(task)).toMatchObject({ id: 'made-id', kind: 'index', importId: null, priority: 'normal' });
    expect(indexPayload.parse(task.payload)).toEqual({
      path: '/pictures/a.jpg',
      canonicalName: '/pictures/a.jpg',
      imageId: imageIdOf(CATALOG, '/pictures/a.jpg'),
      sourceId: null,
      root: null,
      rootName: null,
      inode: null,
    });
  });

  it('says all that it may, and keeps the rest as metadata', () => {
    const line = {
      task_id: 't-1',
      image_path: 'c:\\pictures\\a.jpg',
      product_id: 17,
      name: 'Chair',
      description: 'A blue chair',
      priority: 'high',
      max_attempts: 5,
      color: 'blue',
      sizes: [1, 2],
      metadata: { shelf: 'B', color: 'navy' },
    };
    expect(plainTaskToNew(taskIn(line), CATALOG, 'made-id')).toMatchObject({
      id: 't-1',
      priority: 'high',
      maxAttempts: 5,
      payload: {
        productId: '17',
        name: 'Chair',
        description: 'A blue chair',
        path: 'c:\\pictures\\a.jpg',
        canonicalName: 'C:/pictures/a.jpg',
        metadata: { color: 'navy', sizes: [1, 2], shelf: 'B' },
      },
    });
  });

  it('keeps every digit of a number that is too large to be one', () => {
    const line = `{"image_path":"/a.jpg","task_id":12345678901234567890,"product_id":9007199254740993,
      "shop":{"ids":[9007199254740993,-9007199254740993,9007199254740991]},"price":0.1,"large":1e300}`;
    const parsed = parsePlainLine(line);
    if ('error' in parsed) throw parsed.error;
    expect(plainTaskToNew(parsed.task, CATALOG, 'made-id')).toMatchObject({
      id: '12345678901234567890',
      payload: {
        productId: '9007199254740993',
        metadata: {
          shop: { ids: ['9007199254740993', '-9007199254740993', 9_007_199_254_740_991] },
          price: 0.1,
          large: 1e300,
        },
      },
    });
  });

  it('may say null for what it leaves out', () => {
    const nothing = { task_id: null, product_id: null, name: null, description: null, metadata: null, catalog: null };
    const task = taskIn({ image_path: '/a.jpg', ...nothing, priority: null, max_attempts: null });
    expect(plainTaskToNew(task, CATALOG, 'made-id')).toMatchObject({ id: 'made-id', catalogId: CATALOG });
  });

  it.each([
    ['', 'INVALID_INPUT a plain task is no JSON: it is empty'],
    ['{"image_path": "/a.jpg"', 'INVALID_INPUT a plain task is no JSON: '],
    ['[1]', 'INVALID_INPUT a plain task: Invalid input: expected object'],
    ['"text"', 'INVALID_INPUT a plain task: Invalid input: expected object'],
    ['null', 'INVALID_INPUT a plain task: Invalid input: expected object'],
    ['{"name": "x"}', 'INVALID_INPUT a plain task: image_path: '],
    ['{"image_path": ""}', 'image_path: must not be empty'],
    ['{"image_path": "a.jpg"}', 'image_path: must be an absolute path'],
    ['{"image_path": "https://host/a.jpg"}', 'image_path: must be the path of a file, not a URL'],
    ['{"image_path": "/a\\u0000.jpg"}', 'image_path: must not hold a NUL character'],
    ['{"image_path": "/a\ufffd.jpg"}', 'image_path: is not valid UTF-8'],
    ['{"image_path": "/a.jpg", "priority": "soon"}', 'priority: '],
    ['{"image_path": "/a.jpg", "task_id": "with space"}', 'task_id: must be printable ASCII'],
  ])('%s is refused with the field', (line, complaint) => {
    expect(complaintAbout(line)).toContain(complaint);
  });

  it('that is refused keeps its id where it has one', () => {
    expect(parsePlainLine('{"task_id": 7}')).toMatchObject({ taskId: '7' });
    expect(parsePlainLine('{"task_id": "a b"}')).toMatchObject({ taskId: undefined });
    expect(parsePlainLine('7')).toMatchObject({ taskId: undefined });
  });
});
