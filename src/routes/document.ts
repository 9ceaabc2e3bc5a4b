/** The texts a dialplan is made of, wherever they are kept. */
import type { DocumentProblem } from './snapshot.js';

export type DocumentKind = 'extension' | 'contexts' | 'routes';

export interface DocumentText {
  readonly domain: string;
  readonly kind: DocumentKind;
  /** The extension's name; the kind for the other two. */
  readonly name: string;
  readonly text: string;
  /** Made of several values: nobody has written its lines. */
  readonly isComposed?: true;
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
  /**
   * @param problems all there are with how the documents are kept, apart from the documents
   * @returns when the changes are in force, until then no more are told: the locations of those that are not, because they were refused
   */
  onChange(changes: DocumentChanges, problems: readonly DocumentProblem[]): Promise<readonly string[]>;
  /** Changes may go unnoticed. */
  onError(error: Error): void;
}
