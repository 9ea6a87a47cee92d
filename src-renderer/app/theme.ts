import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';
import type { TaskState } from '../../src-core/domain/task.ts';
import { UI } from '../texts/ui.ts';

/** The one place for colours, spacing and density. All pairs of text and ground have a contrast of 4.5 or more. */

const blue: MantineColorsTuple = [
  '#edf4ff',
  '#d6e6ff',
  '#abccff',
  '#7cb0ff',
  '#5697f8',
  '#3b85ee',
  '#2a76e0',
  '#1c64d1',
  '#1653b0',
  '#0f3f88',
];

/** From text to the ground of the page, as Mantine counts them. */
const dark: MantineColorsTuple = [
  '#d5dde6',
  '#b4c0cc',
  '#98a5b3',
  '#6c7a89',
  '#3a4653',
  '#2b3540',
  '#1b232c',
  '#11171d',
  '#0d1217',
  '#080c10',
];

const gray: MantineColorsTuple = [
  '#f6f8fa',
  '#eef1f4',
  '#e2e7ec',
  '#d3dae1',
  '#bac4ce',
  '#8c98a5',
  '#5d6875',
  '#48525d',
  '#323a43',
  '#1b222a',
];

/** What destroys. White on it has a contrast of 4.5 and more from the sixth on. */
const red: MantineColorsTuple = [
  '#fdf0ee',
  '#fadbd7',
  '#f4b4ad',
  '#ef8a80',
  '#e96357',
  '#dd4638',
  '#cf3629',
  '#bd2c20',
  '#9e2419',
  '#7a1b12',
];

/** What warns: Mantine's own has a contrast of 2 on white. */
const yellow: MantineColorsTuple = [
  '#fff7e8',
  '#fbe8c6',
  '#f5d08d',
  '#e3a84a',
  '#d08f22',
  '#b87a0c',
  '#a66a00',
  '#8f5a00',
  '#734800',
  '#573600',
];

/** What a state, a health or a chart's line is drawn in: light, dark. */
const TONES = {
  waiting: ['#54667a', '#9fb3c8'],
  active: ['#1c64d1', '#6aa8ff'],
  delayed: ['#8f5a00', '#e3a84a'],
  completed: ['#1a7548', '#4cc38a'],
  failed: ['#bd2c20', '#ff8578'],
  cancelled: ['#676e77', '#98a1ab'],
  good: ['#1a7548', '#4cc38a'],
  warning: ['#8f5a00', '#e3a84a'],
  bad: ['#bd2c20', '#ff8578'],
  quiet: ['#5d6875', '#98a5b3'],
} as const satisfies Record<TaskState | 'good' | 'warning' | 'bad' | 'quiet', readonly [string, string]>;

export type Tone = keyof typeof TONES;

/** The CSS variable of a tone: `color: toneColor('failed')`. It follows the theme. */
export function toneColor(tone: Tone): string {
  return `var(--tone-${tone})`;
}

/** It shows a cross alone. */
const CLOSE = { 'aria-label': UI.close };
/** Its head is a <header>: a page has but one. */
const DIALOG = { defaultProps: { attributes: { header: { role: 'none' } }, closeButtonProps: CLOSE } };

export const theme = createTheme({
  colors: { blue, dark, gray, red, yellow },
  primaryColor: 'blue',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  spacing: { xs: '0.375rem', sm: '0.625rem', md: '0.875rem', lg: '1.25rem', xl: '1.75rem' },
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.125rem' }, h2: { fontSize: '0.875rem' } } },
  black: gray[9],
  components: { Modal: DIALOG, Drawer: DIALOG, Notification: { defaultProps: { closeButtonProps: CLOSE } } },
});

const tones = (place: 0 | 1): Record<string, string> =>
  Object.fromEntries(Object.entries(TONES).map(([name, pair]) => [`--tone-${name}`, pair[place]]));

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--row-height': '34px',
    '--header-height': '52px',
    '--nav-width': '184px',
    // White stands on it in both themes.
    '--mantine-color-red-filled': TONES.bad[0],
    '--mantine-color-red-filled-hover': '#a3241a',
  },
  light: {
    ...tones(0),
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': gray[6],
    '--mantine-color-placeholder': gray[6],
    '--mantine-color-error': TONES.bad[0],
    '--mantine-color-red-outline': TONES.bad[0],
    '--mantine-color-anchor': blue[7],
    '--ground': gray[0],
    '--line': gray[2],
    '--hover': gray[1],
    '--chosen': blue[0],
  },
  dark: {
    ...tones(1),
    '--mantine-color-body': dark[7],
    '--mantine-color-dimmed': dark[2],
    '--mantine-color-placeholder': dark[2],
    '--mantine-color-error': TONES.bad[1],
    '--mantine-color-anchor': '#7cb0ff',
    '--ground': dark[8],
    '--line': dark[5],
    '--hover': dark[6],
    '--chosen': '#16263c',
  },
});
