/** Names under which a domain's extensions can be kept, one for each that differs. */
import type { ExtensionDocument } from '../dialplan/extension-document.js';
import { mergeComments, withoutComments } from './merge-comments.js';
import type { Findings } from './finding.js';
import type { WrittenContext } from './read-contexts.js';
import type { WrittenExtension } from './read-extension.js';

/** A domain's dialplan as documents: what is in its folder, or in its Redis keys. */
export interface DomainDocuments {
  readonly extensions: ReadonlyMap<string, ExtensionDocument>;
  /** Context to the names of its extensions, in order. */
  readonly contexts: ReadonlyMap<string, readonly string[]>;
}

/** Bytes: what a file system allows, less the suffix and a number. */
const LONGEST_NAME = 230;
/** A key of contexts.json that names its schema. */
const RESERVED_CONTEXT = '$schema';
/** `/` and NUL end a path; a lone surrogate, a byte that is no text, has no file name. */
const UNFIT = /[/\0]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Gives each extension a name of its own: extensions of one name and the same content, comments aside, become one,
 * others get the context's name and a number behind theirs.
 */
export function nameExtensions(contexts: readonly WrittenContext[], findings: Findings): DomainDocuments {
  const naming = new Naming(findings);
  const lists = new Map<string, string[]>();
  for (const context of contexts) {
    if (context.name === RESERVED_CONTEXT) {
      findings.loss(context.where, `contexts.json cannot hold a context named "${RESERVED_CONTEXT}"; left out`);
      continue;
    }
    lists.set(
      context.name,
      context.extensions.map((extension, index) => naming.nameOf(extension, context.name, index + 1)),
    );
  }
  return { extensions: naming.documents, contexts: lists };
}

class Naming {
  readonly documents = new Map<string, ExtensionDocument>();
  /** Written name and content, without comments, to stored name. */
  private readonly stored = new Map<string, string>();
  private readonly lastNumber = new Map<string, number>();

  constructor(private readonly findings: Findings) {}

  nameOf({ name, document, where }: WrittenExtension, context: string, position: number): string {
    const identity = JSON.stringify([name, document], withoutComments);
    const stored = this.stored.get(identity);
    if (stored !== undefined) {
      this.keepComments(stored, document, where);
      return stored;
    }
    const free = this.freeName(fit(name ?? ''), context, position);
    this.stored.set(identity, free);
    this.documents.set(free, document);
    if (free !== name) this.findings.loss(where, renamed(name, free));
    return free;
  }

  /** Of extensions that differ in comments alone each place has the first comment there is. */
  private keepComments(stored: string, document: ExtensionDocument, where: string): void {
    const kept = this.documents.get(stored);
    if (kept === undefined) return;
    const { merged, isLossless } = mergeComments(kept, document);
    this.documents.set(stored, merged);
    if (isLossless) return;
    const message = `"${stored}" is there already and differs in comments alone; of two at one place the first is kept`;
    this.findings.warning(where, message);
  }

  private freeName(name: string, context: string, position: number): string {
    if (name === '') return this.freeName(fit(`unnamed ${context} ${position}`), context, position);
    if (!this.documents.has(name)) return name;
    const inContext = fit(`${name} (${context})`);
    if (!this.documents.has(inContext)) return inContext;
    let number = this.lastNumber.get(inContext) ?? 1;
    do number += 1;
    while (this.documents.has(`${inContext} ${number}`));
    this.lastNumber.set(inContext, number);
    return `${inContext} ${number}`;
  }
}

/** A name that a file can have, as Parkway reads it back. */
function fit(name: string): string {
  const fitting = name.replace(UNFIT, '_').replace(/^\./, '_').normalize('NFC');
  if (Buffer.byteLength(fitting) <= LONGEST_NAME) return fitting;
  return Buffer.from(fitting)
    .subarray(0, LONGEST_NAME)
    .toString()
    .replace(/\uFFFD+$/, '');
}

function renamed(name: string | undefined, stored: string): string {
  if (name === undefined) return `an extension without a name is kept as "${stored}", which the trace shows`;
  return `extension "${name}" is kept as "${stored}", which the trace shows: its own name is taken, or no file can have it`;
}
