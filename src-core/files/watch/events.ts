/** What events say of one folder. A folder that is not known stands for a change somewhere in it. */
export interface Listener {
  /** `name`: the entry that changed; null when unknown. `content`: only its bytes, times or rights changed. */
  hear(folder: string, name: string | null, content: boolean): void;
  /** Events were lost, or may have been: anything may have changed. */
  lost(): void;
}

/** Where file events come from. */
export interface Events {
  /**
   * Announces from now on what changes directly in the folder; a folder watched before is watched anew. Throws when the
   * system has no more watches to give (ENOSPC, EMFILE); a folder that is gone or unreadable is passed over.
   */
  watch(folder: string): void;
  unwatch(folder: string): void;
  close(): Promise<void>;
}

export type OpenEvents = (root: string, listener: Listener) => Promise<Events>;
