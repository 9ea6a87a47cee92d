/** Units, as they stand behind a number. */
export const UNITS = {
  bytes: ['B', 'kB', 'MB', 'GB', 'TB', 'PB'],
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
  unknown: '–',
  perSecond: (amount: string): string => `${amount}/s`,
  now: 'now',
} as const;
