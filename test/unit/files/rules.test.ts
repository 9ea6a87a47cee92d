import { describe, expect, it } from 'vitest';
import { NO_RULES } from '../../../src-core/domain/import.ts';
import { isPlaceholder } from '../../../src-core/files/look.ts';
import { createRules } from '../../../src-core/files/rules.ts';

const file = (exclude: string[], path: string, include: string[] = []): string | null =>
  createRules('/photos', { include, exclude }).ofAny(`/photos/${path}`);

describe('rules', () => {
  it.each([
    ['a/@eaDir/x.jpg', 'default: @eaDir'],
    ['a/._x.jpg', 'default: ._*'],
    ['Thumbs.db', 'default: Thumbs.db'],
    ['$RECYCLE.BIN/x.jpg', 'default: $RECYCLE.BIN'],
    ['$Recycle.Bin/S-1/x.jpg', 'default: $RECYCLE.BIN'],
    ['.Trash-1000/x.jpg', 'default: .Trash*'],
    ['Lightroom Previews.lrdata/x.jpg', 'default: *.lrdata'],
    ['My.photoslibrary/resources/derivatives/x.jpg', 'default: **/*.photoslibrary/{resources,scopes,database}/**'],
    ['shoot/CaptureOne/Cache/x.jpg', 'default: **/CaptureOne/Cache/**'],
    ['CaptureOne/Cache/x.jpg', 'default: **/CaptureOne/Cache/**'],
    ['.git/x.jpg', 'hidden'],
    ['a/.x.jpg', 'hidden'],
    ['My.photoslibrary/originals/x.jpg', null],
    ['a/cache/x.jpg', null],
  ])('leave out by themselves what nobody wants: %s', (path, rule) => {
    expect(file([], path)).toBe(rule);
  });

  it('take hidden files and what nobody wants when they are told to', () => {
    const rules = createRules('/photos', NO_RULES, { hidden: true, defaults: false });
    for (const path of ['.git/x.jpg', '@eaDir/x.jpg']) expect(rules.ofAny(`/photos/${path}`)).toBeNull();
  });

  it.each([
    ['drafts/', 'drafts/x.jpg', true],
    ['drafts', 'a/b/DRAFTS/c/x.jpg', true],
    ['drafts/', 'my-drafts/x.jpg', false],
    ['*.bak.jpg', 'a/x.bak.jpg', true],
    ['*.bak.jpg', 'a/x.jpg', false],
    ['a/drafts', 'a/drafts/x.jpg', true],
    ['a/drafts', 'b/a/drafts/x.jpg', false],
    ['/drafts', 'drafts/x.jpg', true],
    ['/drafts', 'a/drafts/x.jpg', false],
    ['a/*', 'a/x.jpg', true],
    ['**/raw/**', 'a/b/raw/x.jpg', true],
    ['IMG_000?.jpg', 'a/img_0001.jpg', true],
    ['Ünïcode', 'Ünïcode/x.jpg', true],
  ])('exclude %s: %s → %s', (pattern, path, out) => {
    expect(file([pattern], path)).toBe(out ? `exclude: ${pattern}` : null);
  });

  it.each([
    [['2024/'], '2024/a/x.jpg', true],
    [['2024/'], '2023/x.jpg', false],
    [['*.jpg'], 'a/x.JPG', true],
    [['*.jpg'], 'a/x.png', false],
    [['a/b', '*.png'], 'a/b/c/x.jpg', true],
    [['a/b', '*.png'], 'z/x.png', true],
  ])('include %s: %s → %s', (include, path, wanted) => {
    expect(file([], path, include)).toBe(wanted ? null : 'not included');
  });

  it('let an exclude go before an include', () => {
    expect(file(['drafts/'], 'drafts/x.jpg', ['*.jpg'])).toBe('exclude: drafts/');
  });

  it('ask the name of a source that is one file', () => {
    const rules = createRules('/photos/x.jpg', { include: ['*.png'], exclude: [] });
    expect(rules.ofFile('/photos/x.jpg')).toBe('not included');
  });
});

it('a placeholder is a file with a size and no block, where there are such', () => {
  const cloud = { size: 2_000_000, blocks: 0 };
  expect(isPlaceholder(cloud, 'darwin')).toBe(true);
  expect(isPlaceholder(cloud, 'win32')).toBe(true);
  expect(isPlaceholder(cloud, 'linux')).toBe(false); // a sparse file
  expect(isPlaceholder({ size: 2_000_000, blocks: 3_912 }, 'darwin')).toBe(false);
  expect(isPlaceholder({ size: 700, blocks: 0 }, 'win32')).toBe(false); // kept inside its directory entry
});
