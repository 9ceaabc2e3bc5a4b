/** The texts a dialplan is made of, wherever they are kept. */

export type DocumentKind = 'extension' | 'contexts' | 'routes';

export interface DocumentText {
  readonly domain: string;
  readonly kind: DocumentKind;
  /** The extension's name; the kind for the other two. */
  readonly name: string;
  readonly text: string;
}

/** Documents by location (a file's path, a key and field); undefined for one that is no more. */
export type DocumentChanges = ReadonlyMap<string, DocumentText | undefined>;

/** Where documents come from: tells all of them when it is opened, then every change. */
export interface DocumentSource {
  /** Reads everything again, whatever was noticed. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface SourceListener {
  onChange(changes: DocumentChanges): void;
  /** Changes may go unnoticed. */
  onError(error: Error): void;
}
