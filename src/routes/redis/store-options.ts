/** How a dialplan in Redis is reached and read. */

export type KeyTemplate = 'extension' | 'extensionAlias' | 'context' | 'route' | 'history' | 'acceptEmpty';

export interface Limits {
  /** Fields of a hash, elements of a list. */
  readonly fields: number;
  readonly valueBytes: number;
  /** Of one key, all its values together. */
  readonly keyBytes: number;
  /** Of all keys together. */
  readonly totalBytes: number;
  readonly domains: number;
}

export interface StoreOptions {
  /** See {@link connectionOf}. */
  readonly url: string;
  /** The Redis client's own options, which a URL cannot say. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The domains to take; empty: all there are. */
  readonly domains: readonly string[];
  /** Each with `<domain>` in it. */
  readonly keys: Readonly<Record<KeyTemplate, string>>;
  readonly emptyGuard: boolean;
  /** Whether domains that are empty at the start are taken for what they are. */
  readonly acceptEmpty: boolean;
  readonly pollSeconds: number;
  readonly limits: Limits;
}
