/** The part of libheif-js that we use; it ships types for its raw exports only. */
declare module 'libheif-js/wasm-bundle.js' {
  interface HeifImage {
    get_width(): number;
    get_height(): number;
    is_primary(): boolean;
    /** Decodes into `target.data`, RGBA; null when it cannot. */
    display<T extends { data: Uint8ClampedArray }>(target: T, done: (result: T | null) => void): void;
    free(): void;
  }
  const libheif: { HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[] } };
  export default libheif;
}
