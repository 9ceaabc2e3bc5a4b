/** Documents to the XML that FreeSWITCH loads, written so that neither its preprocessor nor its parser changes a byte. */
import { listOf } from '../dialplan/compile-extension.js';
import type { ConditionDocument, ExtensionDocument, OneOrMany } from '../dialplan/extension-document.js';
import { pointerTo } from '../dialplan/pointer.js';
import { commentFor } from './comments.js';
import type { Findings } from './finding.js';

/** A context to write, its extensions in order. */
export interface ContextToWrite {
  readonly name: string;
  readonly extensions: readonly ExtensionToWrite[];
}

export interface ExtensionToWrite {
  readonly name: string;
  readonly document: ExtensionDocument;
  /** Where the document is, and in it what a JSON pointer names, for findings. */
  readonly placeOf: (pointer: string) => string;
}

/** Keys that are elements in XML, and what the elements are called, in the order in which they are written. */
const ELEMENTS: Readonly<Record<string, readonly (readonly [key: string, element: string])[]>> = {
  extension: [['condition', 'condition']],
  condition: [
    ['regexes', 'regex'],
    ['action', 'action'],
    ['anti-action', 'anti-action'],
    ['condition', 'condition'],
  ],
};
const ATTRIBUTE_NAME = /^[A-Za-z_:\u0080-\uffff][^\s=/>"'<&]*$/;
/** Keys that an attribute of the same name would not mean. */
const NO_ATTRIBUTES = new Set(['condition', 'action', 'anti-action', 'regexes']);
/** What the preprocessor would act upon. */
const PREPROCESSED = /\$\$(?=\{)|x-(?=pre-process)/gi;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const INDENT = '  ';

type Document = Readonly<Record<string, unknown>>;

/** The text of a file for FreeSWITCH's dialplan directory. */
export function writeDialplanXml(contexts: readonly ContextToWrite[], findings: Findings): string {
  const writer = new Writer(findings);
  writer.line(0, '<include>');
  for (const context of contexts) writer.context(context);
  // FreeSWITCH drops the lines of <include>, whatever else is on them.
  writer.line(0, '</include>');
  return writer.text();
}

class Writer {
  private readonly lines: string[] = [];

  constructor(private readonly findings: Findings) {}

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  line(depth: number, text: string): void {
    this.lines.push(INDENT.repeat(depth) + text);
  }

  context({ name, extensions }: ContextToWrite): void {
    this.line(1, `<context name="${escapeXml(name)}">`);
    for (const extension of extensions) this.extension(extension);
    this.line(1, '</context>');
  }

  private extension({ name, document, placeOf }: ExtensionToWrite): void {
    const { name: own, ...rest } = document;
    if (own !== undefined && String(own) !== name) {
      this.findings.warning(placeOf('/name'), `the name it is stored under, "${name}", is written, as that counts`);
    }
    this.element('extension', { name, ...rest }, { placeOf, path: '', depth: 2 });
  }

  private element(name: string, document: Document, place: Place): void {
    const { depth } = place;
    const elements = ELEMENTS[name] ?? [];
    const attributes = this.attributes(name, document, place);
    const { description } = document;
    if (typeof description === 'string') {
      const comment = commentFor(description, INDENT.repeat(depth));
      if (comment === undefined) attributes.push(attribute('description', description));
      else this.line(depth, comment);
    }
    const children = elements.flatMap(([key, element]) =>
      childrenOf(document, key, place).map((child) => ({ element, ...child })),
    );
    const tag = [name, ...attributes].join(' ');
    if (children.length === 0) {
      this.line(depth, `<${tag}/>`);
      return;
    }
    this.line(depth, `<${tag}>`);
    for (const { element, child, place: inner } of children) this.element(element, child, inner);
    this.line(depth, `</${name}>`);
  }

  private attributes(element: string, document: Document, { placeOf, path }: Place): string[] {
    const elsewhere = new Set(['description', '$schema', ...(ELEMENTS[element] ?? []).map(([key]) => key)]);
    return Object.entries(document).flatMap(([key, value]) => {
      if (elsewhere.has(key)) return [];
      const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      if (isText && ATTRIBUTE_NAME.test(key) && !NO_ATTRIBUTES.has(key)) return [attribute(key, String(value))];
      const reason = isText ? 'no attribute can have its name' : 'its value is no text';
      this.findings.loss(placeOf(path + pointerTo(key)), `XML has no room for this key, for ${reason}; left out`);
      return [];
    });
  }
}

/** Where in which document something stands. */
interface Place {
  readonly placeOf: ExtensionToWrite['placeOf'];
  readonly path: string;
  readonly depth: number;
}

function childrenOf(
  document: Document,
  key: string,
  { placeOf, path, depth }: Place,
): readonly { readonly child: Document; readonly place: Place }[] {
  const value = document[key] as OneOrMany<ConditionDocument> | undefined;
  return listOf(value).map((child, index) => ({
    child: child as Document,
    place: { placeOf, path: `${path}/${key}${Array.isArray(value) ? `/${index}` : ''}`, depth: depth + 1 },
  }));
}

function attribute(name: string, value: string): string {
  return `${name}="${escapeXml(value)}"`;
}

/** A value that FreeSWITCH reads back byte by byte. */
function escapeXml(value: string): string {
  return value
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string)
    .replace(/[\x01-\x1f]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(PREPROCESSED, (text) => `${text[0] as string}&#${text.charCodeAt(1)};${text.slice(2)}`);
}
