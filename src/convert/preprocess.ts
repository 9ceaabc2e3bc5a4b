/**
 * What FreeSWITCH does to its XML before it parses it (`preprocess` in `switch_xml.c`): line by line, without a thought for
 * markup. Includes are put in place, global variables replaced, lines with `<include>` or `<?` dropped. Where a line of the result
 * came from is remembered.
 */
import path from 'node:path';
import { textOf, type Bytes } from '../bytes.js';
import { replaceGlobals } from '../dialplan/replace-globals.js';
import type { Findings } from './finding.js';
import type { Globals } from './globals.js';
import {
  COMMENT_END,
  COMMENT_START,
  findDirective,
  readCommandComment,
  splitAssignment,
  type Directive,
} from './preprocess-directive.js';

/** A text to start from. */
export interface Source {
  /** Its name in messages. */
  readonly name: string;
  readonly text: Bytes;
  /** Where its includes start from. */
  readonly directory: string;
}

/** The files that includes name. */
export interface SourceFiles {
  /** Paths that match, as `glob(3)` would list them. @throws if a directory cannot be read */
  match(pattern: string): readonly string[];
  /** @throws if it cannot be read */
  read(file: string): Bytes;
}

/** A `$${name}` whose value is not known, and which is therefore still in the text. */
export interface KeptReference {
  readonly name: Bytes;
  readonly offset: number;
}

export interface Preprocessed {
  readonly text: Bytes;
  readonly kept: readonly KeptReference[];
  /** `file:line` of what is at an offset of the text. */
  whereIs(offset: number): string;
}

/** Text that FreeSWITCH could not load either. The message says where, what was expected and what was found. */
export class UnreadableXmlError extends Error {
  constructor(where: string, message: string) {
    super(`${where}: ${message}`);
    this.name = 'UnreadableXmlError';
  }
}

const LINE = /[^\r\n]*[\r\n]|[^\r\n]+$/g;
const DROPPED = /<include>|<\/include>|<\?/;
const NOTHING_ELSE = /^\s*(?:(?:<\/?include>|<\?[^>]*\?>|<!--.*?-->)\s*)*$/;
const WILDCARD = /[*?[]/;
const REFERENCE = /\$\$\{[^{}]*\}/;
const REFERENCES = /\$\$\{([^{}]*)\}/g;
const DEEPEST_INCLUDE = 100;
/** The most text that includes may add up to; a real configuration has a hundredth of it. */
const MOST_BYTES = 256 * 1024 * 1024;

interface Line {
  /** With global variables replaced. */
  readonly text: Bytes;
  /** What FreeSWITCH looks at to drop a line or to end a comment: it stops at the first global variable. */
  readonly seen: Bytes;
}

/** Preprocesses texts, one behind the other, as if they were included so. @throws {@link UnreadableXmlError} */
export function preprocess(
  sources: readonly Source[],
  context: { readonly files: SourceFiles; readonly globals: Globals; readonly findings: Findings },
): Preprocessed {
  const preprocessor = new Preprocessor(context.files, context.globals, context.findings);
  for (const source of sources) preprocessor.take(source, []);
  return preprocessor.result();
}

class Preprocessor {
  private readonly pieces: Bytes[] = [];
  private length = 0;
  private readonly starts: number[] = [];
  private readonly places: string[] = [];
  private readonly kept: KeptReference[] = [];

  constructor(
    private readonly files: SourceFiles,
    private readonly globals: Globals,
    private readonly findings: Findings,
  ) {}

  result(): Preprocessed {
    const { starts, places } = this;
    return {
      text: this.pieces.join(''),
      kept: this.kept,
      whereIs: (offset) => places[lastAtOrBefore(starts, offset)] ?? 'nowhere',
    };
  }

  take({ name, text, directory }: Source, outer: readonly string[]): void {
    const within = [...outer, name];
    let number = 1;
    let inComment = false;
    let inCommandComment = false;
    for (const [raw] of text.matchAll(LINE)) {
      const where = `${name}:${number}`;
      if (raw.endsWith('\n')) number += 1;
      const line = this.readLine(raw, where, inCommandComment);
      const started = inComment;
      inComment = endsInComment(raw, started);
      if (line === undefined) continue;
      let rest = line.text;
      if (inCommandComment) {
        const end = line.seen.indexOf(COMMENT_END);
        if (end < 0) continue;
        inCommandComment = false;
        rest = line.seen.slice(end + COMMENT_END.length);
      }
      const directive = findDirective(rest);
      if (directive !== undefined) {
        const inside = directive.command !== undefined && endsInComment(rest.slice(0, directive.at), started);
        if (inside) this.findings.warning(where, 'FreeSWITCH follows this directive although it is inside a comment');
        if (directive.isTag) this.follow(directive, where, directory, within);
        continue;
      }
      const comment = rest.indexOf(COMMENT_START);
      if (comment < 0) {
        this.emit(rest, where);
        continue;
      }
      const end = rest.indexOf(COMMENT_END, comment);
      inCommandComment = end < 0;
      this.emit(rest.slice(0, comment), where);
      if (end >= 0) this.emit(rest.slice(end + COMMENT_END.length), where);
      const command = rest.slice(comment + COMMENT_START.length, end < 0 ? undefined : end);
      this.follow(readCommandComment(command, comment), where, directory, within);
    }
  }

  /** Undefined if FreeSWITCH drops the whole line. */
  private readLine(raw: Bytes, where: string, inCommandComment: boolean): Line | undefined {
    if (raw.includes('\0')) throw new UnreadableXmlError(where, 'expected text, found a NUL byte (is it UTF-16?)');
    const { text, firstEnd } = replaceGlobals(raw, (name) => this.globals.read(name));
    const seen = raw.slice(0, firstEnd);
    if (!DROPPED.test(seen)) return { text, seen };
    if (!inCommandComment && !NOTHING_ELSE.test(raw)) {
      this.findings.warning(where, `FreeSWITCH drops the whole line that holds ${DROPPED.exec(seen)?.[0] ?? ''}`);
    }
    return undefined;
  }

  private follow({ command, argument }: Directive, where: string, directory: string, within: readonly string[]): void {
    switch (command) {
      case 'set': {
        const assignment = splitAssignment(argument);
        if (assignment !== undefined) this.globals.set(assignment.name, assignment.value);
        return;
      }
      case 'exec-set':
      case 'stun-set':
      case 'env-set': {
        const assignment = splitAssignment(argument);
        if (assignment !== undefined) this.globals.setElsewhere(assignment.name);
        return;
      }
      case 'include':
        this.include(argument, where, directory, within);
        return;
      case 'exec':
        this.findings.loss(where, `FreeSWITCH puts here what ${textOf(argument)} prints; it was not run`);
        return;
      case 'comment':
        return;
      default:
        this.findings.warning(
          where,
          command === undefined
            ? 'expected <X-PRE-PROCESS cmd="…" data="…"/> on one line, in double quotes: FreeSWITCH drops the line'
            : `FreeSWITCH knows no directive "${textOf(command)}" and passes over it`,
        );
    }
  }

  private include(pattern: Bytes, where: string, directory: string, within: readonly string[]): void {
    const unknown = REFERENCE.exec(pattern)?.[0];
    if (unknown !== undefined) {
      this.findings.loss(where, `cannot tell which files ${textOf(pattern)} includes: ${textOf(unknown)} is not known`);
      return;
    }
    const wanted = textOf(pattern);
    const full = isFilePath(wanted) ? wanted : `${directory}/${wanted}`;
    try {
      const found = this.files.match(full);
      if (found.length === 0 && !WILDCARD.test(wanted)) {
        this.findings.warning(where, `there is no file ${path.normalize(full)} to include`);
      }
      for (const file of found) this.includeFile(path.normalize(file), where, within);
    } catch (error) {
      if (error instanceof UnreadableXmlError) throw error;
      this.findings.loss(where, `cannot include ${path.normalize(full)}: ${(error as Error).message}`);
    }
  }

  private includeFile(file: string, where: string, within: readonly string[]): void {
    if (within.includes(file)) {
      const way = [...within.slice(within.indexOf(file)), file].join(' includes ');
      throw new UnreadableXmlError(where, `expected includes that come to an end, found that ${way}`);
    }
    if (within.length > DEEPEST_INCLUDE) {
      throw new UnreadableXmlError(where, `expected includes at most ${DEEPEST_INCLUDE} deep, found more`);
    }
    this.take({ name: file, text: this.files.read(file), directory: path.dirname(file) }, within);
  }

  private emit(text: Bytes, where: string): void {
    if (text === '') return;
    for (const { 1: name = '', index } of text.matchAll(REFERENCES)) {
      this.kept.push({ name, offset: this.length + index });
    }
    this.pieces.push(text);
    this.starts.push(this.length);
    this.places.push(where);
    this.length += text.length;
    if (this.length > MOST_BYTES) throw new UnreadableXmlError(where, 'expected at most 256 MB of XML, found more');
  }
}

/** `switch_is_file_path`. */
function isFilePath(pattern: string): boolean {
  return pattern.startsWith('/') || pattern.includes('://');
}

function endsInComment(text: Bytes, inComment: boolean): boolean {
  const lastStart = text.lastIndexOf('<!--');
  const lastEnd = text.lastIndexOf(COMMENT_END);
  return lastStart < 0 && lastEnd < 0 ? inComment : lastStart > lastEnd;
}

/** Index of the last of some ascending numbers that is not above a value. */
function lastAtOrBefore(numbers: readonly number[], value: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
