/** Where the contexts of a dialplan are in a tree of XML, and which of them FreeSWITCH uses. */
import { textOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { assignComments, type CommentedElement } from './comments.js';
import type { Findings } from './finding.js';
import { isBlank, type XmlElement, type XmlNode } from './parse-xml.js';
import type { Preprocessed } from './preprocess.js';
import type { ExtensionReader, WrittenExtension } from './read-extension.js';

export interface WrittenContext {
  readonly name: string;
  /** Where it begins. */
  readonly where: string;
  readonly extensions: readonly WrittenExtension[];
}

interface LooseExtension {
  readonly context: string;
  readonly order: number;
  readonly extension: WrittenExtension;
}

/** FusionPBX puts what is in these contexts of its own into those of every domain. */
const FUSIONPBX_EVERYWHERE = new Set<Bytes>(['${domain_name}', 'global']);
const DIALPLAN: Bytes = 'dialplan';

/**
 * Reads a whole configuration, its section "dialplan", files with contexts, or files with nothing but extensions, as FusionPBX
 * has them: those go to the context they name, or to `looseContext`, in the order they name.
 */
export class ContextReader {
  /** By name in lower case: FreeSWITCH finds a context in any case, and of several the first. */
  private readonly contexts = new Map<string, { name: string; where: string; extensions: WrittenExtension[] }>();
  private readonly loose: LooseExtension[] = [];

  constructor(
    private readonly source: Preprocessed,
    private readonly findings: Findings,
    private readonly extensions: ExtensionReader,
    private readonly looseContext: string,
  ) {}

  read(roots: readonly XmlNode[]): readonly WrittenContext[] {
    for (const child of assignComments(roots, this.source.text).elements) {
      const { element } = child;
      if (element.name === 'document') this.readDocument(element);
      else if (isDialplanSection(element)) this.readSection(element);
      else if (element.name === 'context') this.readContext(child);
      else if (element.name === 'extension') this.readLoose(child);
      else if (element.name !== 'section') {
        const expected = '<document>, <section name="dialplan">, <context> or <extension>';
        this.findings.loss(this.at(element), `expected ${expected}, found <${textOf(element.name)}>; left out`);
      }
    }
    this.placeLoose();
    return [...this.contexts.values()];
  }

  private readDocument(document: XmlElement): void {
    let used: string | undefined;
    for (const section of document.children) {
      if (section.kind === 'comment' || !isDialplanSection(section)) continue;
      if (used === undefined) this.readSection(section);
      else this.findings.loss(this.at(section), `FreeSWITCH uses the section "dialplan" of ${used} only; left out`);
      used ??= this.at(section);
    }
  }

  private readSection(section: XmlElement): void {
    for (const child of assignComments(section.children, this.source.text).elements) {
      if (child.element.name === 'context') this.readContext(child);
      else this.reportUnread(child.element, 'the section "dialplan"');
    }
  }

  private readContext({ element, comments }: CommentedElement): void {
    const where = this.at(element);
    const name = element.attributes.get('name');
    if (name === undefined) {
      this.findings.loss(where, 'FreeSWITCH never finds a context without a name; left out');
      return;
    }
    const earlier = this.contexts.get(keyOf(textOf(name)));
    if (earlier !== undefined) {
      const message = `FreeSWITCH uses the context "${earlier.name}" of ${earlier.where} only, the first of the name; left out`;
      this.findings.loss(where, message);
      return;
    }
    for (const attribute of element.attributes.keys()) {
      if (attribute === 'name') continue;
      this.findings.warning(where, `attribute "${textOf(attribute)}" of a context means nothing; left out`);
    }
    const context = { name: textOf(name), where, extensions: this.readExtensions(element, comments) };
    this.contexts.set(keyOf(context.name), context);
  }

  private readExtensions(context: XmlElement, about: readonly string[]): WrittenExtension[] {
    const { elements } = assignComments(context.children, this.source.text);
    const extensions: WrittenExtension[] = [];
    let waiting = about;
    for (const { element, comments } of elements) {
      if (element.name === 'extension') {
        if (this.extensions.isSkipped(element)) continue;
        extensions.push(this.extensions.read(element, [...waiting, ...comments]));
        waiting = [];
      } else this.reportUnread(element, '<context>');
    }
    if (!isBlank(context.text)) {
      const text = JSON.stringify(textOf(context.text).trim().slice(0, 40));
      this.findings.loss(this.at(context), `FreeSWITCH does not read text in <context>; left out: ${text}`);
    }
    return extensions;
  }

  private readLoose({ element, comments }: CommentedElement): void {
    if (this.extensions.isSkipped(element)) return;
    const { attributes } = element;
    const context = attributes.get('context');
    const order = Number(attributes.get('order') ?? NaN);
    this.loose.push({
      context: context === undefined || FUSIONPBX_EVERYWHERE.has(context) ? this.looseContext : textOf(context),
      order: Number.isNaN(order) ? Infinity : order,
      extension: this.extensions.read(element, comments),
    });
  }

  private placeLoose(): void {
    const first = this.loose[0];
    if (first === undefined) return;
    const inOrder = [...this.loose].sort((one, other) => compare(one.order, other.order));
    const counts = new Map<string, number>();
    for (const { context: name, extension } of inOrder) {
      const context = this.contexts.get(keyOf(name)) ?? { name, where: extension.where, extensions: [] };
      this.contexts.set(keyOf(name), context);
      context.extensions.push(extension);
      counts.set(context.name, (counts.get(context.name) ?? 0) + 1);
    }
    const into = [...counts].map(([name, count]) => `${count} into "${name}"`).join(', ');
    const message = `extensions outside of any context, which FreeSWITCH does not read, are put in order: ${into}`;
    this.findings.warning(first.extension.where, message);
  }

  private reportUnread({ name, start }: XmlElement, parent: string): void {
    const message = `FreeSWITCH does not read <${textOf(name)}> directly in ${parent}; left out`;
    this.findings.loss(this.source.whereIs(start), message);
  }

  private at(element: XmlElement): string {
    return this.source.whereIs(element.start);
  }
}

function isDialplanSection({ name, attributes }: XmlElement): boolean {
  return name === 'section' && lowerCase(attributes.get('name') ?? '') === DIALPLAN;
}

function keyOf(name: string): string {
  return lowerCase(name);
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}
