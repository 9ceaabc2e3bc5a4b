/** Where a captured call stands, as it is named in links: `<file>~<where its block begins>~<line>`. */
import { isCaptureFile } from '../capture/newest-blocks.js';

export interface Place {
  readonly file: string;
  /** Bytes of the file before the block, or, where a search goes on, before the block's end. */
  readonly at: number;
  /** Counted in the block, from 0; where a search goes on, the first that was looked at. */
  readonly line: number;
}

const PLACE = /^([\w.-]{1,100})~(\d{1,15})~(\d{1,10})$/;

export function formatPlace({ file, at, line }: Place): string {
  return `${file}~${at}~${line}`;
}

/** Undefined where it names none that could be. */
export function parsePlace(text: string): Place | undefined {
  const [, file, at, line] = PLACE.exec(text) ?? [];
  if (file === undefined || !isCaptureFile(file)) return undefined;
  return { file, at: Number(at), line: Number(line) };
}
