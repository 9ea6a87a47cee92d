/** From so much on; below so much, null: without end. */
export type SizeClass = readonly [from: number, below: number | null];

/** Widths that people tell apart, in pixels. */
export const WIDTH_CLASSES = {
  tiny: [0, 256],
  small: [256, 1_024],
  medium: [1_024, 2_048],
  large: [2_048, 4_096],
  huge: [4_096, null],
} as const satisfies Record<string, SizeClass>;
export type WidthClass = keyof typeof WIDTH_CLASSES;

/** Sizes of files that people tell apart, in bytes. */
export const FILE_SIZE_CLASSES = {
  small: [0, 100_000],
  medium: [100_000, 1_000_000],
  large: [1_000_000, 10_000_000],
  huge: [10_000_000, null],
} as const satisfies Record<string, SizeClass>;
export type FileSizeClass = keyof typeof FILE_SIZE_CLASSES;

/** The conditions of a filter that choose it. */
export function sizeTexts(field: 'width' | 'bytes', [from, below]: SizeClass): string[] {
  return [`${field}>=${from}`, ...(below === null ? [] : [`${field}<${below}`])];
}
