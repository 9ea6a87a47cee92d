/** Set into the page for each answer by the server, or by the desktop's own scheme; styles that scripts make carry it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

export function styleNonce(): string {
  return nonce;
}

// The library that locks scrolling behind a dialog asks for it by this name.
Object.assign(globalThis, { __webpack_nonce__: nonce });
