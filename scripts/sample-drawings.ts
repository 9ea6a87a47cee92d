/** Colours of one drawing. */
export interface Palette {
  main: string;
  /** The same, in the shade. */
  dark: string;
  accent: string;
}

/** SVG elements in a square of 400, standing on y = 330. */
export type Drawing = (palette: Palette) => string;

const mug: Drawing = ({ main, dark, accent }) => `
  <path d="M262 170h26a44 44 0 0 1 0 104h-34" fill="none" stroke="${dark}" stroke-width="22"/>
  <path d="M112 130h160v158q0 42-42 42h-76q-42 0-42-42z" fill="${main}"/>
  <path d="M232 130h40v158q0 42-42 42h-30q32-8 32-50z" fill="${dark}"/>
  <rect x="112" y="214" width="160" height="26" fill="${accent}"/>
  <ellipse cx="192" cy="130" rx="80" ry="20" fill="${dark}"/>
  <ellipse cx="192" cy="133" rx="68" ry="14" fill="#4b2e20"/>
  <path d="M166 96q-14-18 0-34t0-34M206 96q-14-18 0-34t0-34" fill="none" stroke="#ffffff" stroke-opacity=".7" stroke-width="7" stroke-linecap="round"/>`;

const bottle: Drawing = ({ main, dark, accent }) => `
  <rect x="178" y="34" width="44" height="30" rx="6" fill="${accent}"/>
  <path d="M182 60h36v62q0 16 22 34t22 50v96q0 28-28 28h-68q-28 0-28-28v-96q0-32 22-50t22-34z" fill="${main}"/>
  <path d="M210 60h8v62q0 16 22 34t22 50v96q0 28-28 28h-24q22-6 22-30v-96q0-30-14-50t-8-44z" fill="${dark}"/>
  <rect x="138" y="212" width="124" height="74" fill="#fbf7ee"/>
  <circle cx="200" cy="249" r="22" fill="${accent}"/>
  <path d="M156 206q2-26 20-42" fill="none" stroke="#ffffff" stroke-opacity=".6" stroke-width="8" stroke-linecap="round"/>`;

const chair: Drawing = ({ main, dark, accent }) => `
  <path d="M142 214 122 330M262 214l20 116M166 214l-4 92M238 214l4 92" stroke="${accent}" stroke-width="14" stroke-linecap="round"/>
  <path d="M140 56q60-22 120 0l-6 134H146z" fill="${main}"/>
  <path d="M160 72q40-14 80 0l-4 100h-72z" fill="${dark}"/>
  <path d="M128 190h144q16 0 12 18l-4 16H120l-4-16q-4-18 12-18z" fill="${main}"/>
  <path d="M116 210h168l-4 14H120z" fill="${dark}"/>`;

const lamp: Drawing = ({ main, dark, accent }) => `
  <ellipse cx="200" cy="318" rx="62" ry="14" fill="${accent}"/>
  <rect x="194" y="150" width="12" height="168" fill="${accent}"/>
  <path d="M92 168h216l-22 34H114z" fill="#fff3bf" fill-opacity=".65"/>
  <path d="M148 50h104l56 118H92z" fill="${main}"/>
  <path d="M214 50h38l56 118h-66z" fill="${dark}"/>
  <path d="M160 62 128 156" stroke="#ffffff" stroke-opacity=".5" stroke-width="8" stroke-linecap="round"/>`;

const sneaker: Drawing = ({ main, dark, accent }) => `
  <path d="M58 200q20 16 60 4l28-44q14-10 26 4 46 66 122 78 56 10 56 52v8H58q-12 0-12-14z" fill="${main}"/>
  <path d="M58 200q20 16 60 4l8 98H58q-12 0-12-14z" fill="${dark}"/>
  <path d="M300 244q50 12 50 50v8h-70q-4-40 20-58z" fill="${dark}"/>
  <rect x="44" y="298" width="310" height="32" rx="15" fill="#f7f5f0"/>
  <path d="M46 316h306" stroke="${accent}" stroke-width="6"/>
  <path d="m164 196 34-20M184 220l34-20M206 240l32-22M232 256l28-24" stroke="#ffffff" stroke-width="9" stroke-linecap="round"/>
  <path d="M130 282q70 10 120-14" fill="none" stroke="${accent}" stroke-width="14" stroke-linecap="round"/>`;

const tree: Drawing = ({ main, dark, accent }) => `
  <path d="M184 330 190 200h20l6 130z" fill="${accent}"/>
  <path d="m200 250 46-44M200 270l-40-40" stroke="${accent}" stroke-width="12" stroke-linecap="round"/>
  <circle cx="142" cy="190" r="58" fill="${dark}"/><circle cx="262" cy="186" r="60" fill="${dark}"/>
  <circle cx="204" cy="118" r="78" fill="${main}"/><circle cx="160" cy="168" r="54" fill="${main}"/>
  <circle cx="244" cy="166" r="52" fill="${main}"/>
  <g fill="#ffffff" fill-opacity=".22"><circle cx="180" cy="96" r="26"/><circle cx="140" cy="156" r="16"/></g>`;

const sailboat: Drawing = ({ main, dark, accent }) => `
  <rect x="194" y="44" width="9" height="216" fill="${accent}"/>
  <path d="M210 52q78 84 92 190h-92z" fill="${main}"/>
  <path d="M188 84q-60 70-76 158h76z" fill="${dark}"/>
  <path d="M84 256h236q-12 56-54 62H140q-44-8-56-62z" fill="${accent}"/>
  <path d="M84 256h236l-4 16H88z" fill="#ffffff" fill-opacity=".35"/>
  <path d="M40 318q20-18 40 0t40 0 40 0 40 0 40 0 40 0 40 0 40 0v24H40z" fill="#3f88b5"/>`;

const flower: Drawing = ({ main, dark, accent }) => `
  <path d="M200 270q-8-70 4-128" fill="none" stroke="#4d8a45" stroke-width="10"/>
  <path d="M202 226q50-44 84-24-24 46-84 24zM198 246q-54-38-84-12 30 40 84 12z" fill="#5da053"/>
  ${[0, 60, 120, 180, 240, 300]
    .map(
      (turn) =>
        `<ellipse cx="204" cy="72" rx="28" ry="44" fill="${turn % 120 ? dark : main}" transform="rotate(${turn} 204 116)"/>`,
    )
    .join('')}
  <circle cx="204" cy="116" r="26" fill="${accent}"/>
  <path d="M138 258h124l-16 62q-2 10-12 10h-68q-10 0-12-10z" fill="#c0714a"/>
  <rect x="128" y="246" width="144" height="24" rx="6" fill="#a85c39"/>`;

export const DRAWINGS = { mug, bottle, chair, lamp, sneaker, tree, sailboat, flower } satisfies Record<string, Drawing>;
