/** An `<extension>` to the document that means the same, as FreeSWITCH's `mod_dialplan_xml` reads it. */
import { textOf, type Bytes } from '../bytes.js';
import { TIME_ATTRIBUTES } from '../dialplan/date-time.js';
import type {
  ActionDocument,
  ConditionDocument,
  ExtensionDocument,
  RegexDocument,
} from '../dialplan/extension-document.js';
import { suggestion } from '../dialplan/validate.js';
import { assignComments, type CommentedElement } from './comments.js';
import type { Findings } from './finding.js';
import { isBlank, type XmlElement } from './parse-xml.js';
import type { Preprocessed } from './preprocess.js';

/** An extension as it was written. */
export interface WrittenExtension {
  readonly name: string | undefined;
  readonly document: ExtensionDocument;
  readonly where: string;
}

/** What the JSON schema wants where XML has an action without an application, which hangs the call up in FreeSWITCH. */
const NO_APPLICATION = '(none)';

/** The attributes FreeSWITCH reads. */
const ATTRIBUTES = {
  extension: new Set(['name', 'continue']),
  condition: new Set(['field', 'expression', 'break', 'regex', 'require-nested', ...TIME_ATTRIBUTES]),
  regex: new Set(['field', 'expression', ...TIME_ATTRIBUTES]),
  action: new Set(['application', 'data', 'inline', 'loop']),
} as const;
/** Keys that mean something else in JSON than an attribute. */
const RESERVED = new Set(['condition', 'action', 'anti-action', 'regexes', '$schema']);
const FLAGS = new Set(['continue', 'inline', 'require-nested']);

const CHILDREN = {
  extension: ['condition'],
  condition: ['condition', 'action', 'anti-action', 'regex', 'expression'],
  regex: ['expression'],
  action: [],
} as const;

type Kind = keyof typeof ATTRIBUTES;
type Entries = Map<string, unknown>;

interface Count {
  readonly first: string;
  count: number;
}

export interface ExtensionReaderOptions {
  /** Leaves out attributes that FreeSWITCH does not read, instead of keeping them as keys. */
  readonly dropUnknown: boolean;
  /** Leaves out what has `enabled="false"`, as FusionPBX does; FreeSWITCH does not look at it. */
  readonly skipDisabled: boolean;
}

export class ExtensionReader {
  private readonly unknown = new Map<string, Count>();
  private readonly disabled = new Map<string, Count>();
  /** Where extensions are, in ascending order. */
  private readonly spans: { readonly start: number; readonly end: number }[] = [];

  constructor(
    private readonly source: Preprocessed,
    private readonly findings: Findings,
    private readonly options: ExtensionReaderOptions,
  ) {}

  read(element: XmlElement, comments: readonly string[]): WrittenExtension {
    const { entries, children } = this.open('extension', element, comments);
    this.spans.push(element);
    const name = element.attributes.get('name');
    entries.set(
      'condition',
      children('condition').map((child) => this.condition(child)),
    );
    return {
      name: name === undefined ? undefined : textOf(name),
      document: Object.fromEntries(entries),
      where: this.at(element),
    };
  }

  /** Whether an element is to be passed over because of what FusionPBX says of it. */
  isSkipped(element: XmlElement): boolean {
    if (element.attributes.get('enabled') !== 'false') return false;
    count(this.disabled, 'enabled="false"', this.at(element));
    return this.options.skipDisabled;
  }

  /** One finding for all that FusionPBX would leave out. */
  reportDisabled(): void {
    for (const [what, { first, count: times }] of this.disabled) {
      this.findings.warning(
        first,
        this.options.skipDisabled
          ? `left out what has ${what}, as FusionPBX does (${times} times, here first)`
          : `FusionPBX leaves out what has ${what} (${times} times, here first); FreeSWITCH does not, so it is kept: ` +
              '--skip-disabled leaves it out',
      );
    }
  }

  /** One finding for each global variable whose value was not known where an extension has it. */
  reportKeptReferences(): void {
    const counts = new Map<string, Count>();
    let span = 0;
    for (const { name, offset } of this.source.kept) {
      while ((this.spans[span]?.end ?? Infinity) <= offset) span += 1;
      if (offset < (this.spans[span]?.start ?? Infinity)) continue;
      count(counts, textOf(name), this.source.whereIs(offset));
    }
    for (const [name, { first, count: uses }] of counts) {
      this.findings.loss(
        first,
        `$\${${name}} is not known (${uses === 1 ? 'used once' : `used ${uses} times`}): kept, and read anew for each ` +
          `call, a variable of the channel first. FreeSWITCH puts its value here when it loads: --set '${name}=…'`,
      );
    }
  }

  /** One finding for each attribute that FreeSWITCH does not read, however often it stood there. */
  reportUnknownAttributes(): void {
    if (this.options.dropUnknown) return;
    for (const [what, { first, count: times }] of this.unknown) {
      const often = times === 1 ? '' : ` (${times} times, here first)`;
      this.findings.warning(first, `FreeSWITCH does not read ${what}${often}; kept as a key that means nothing`);
    }
  }

  private condition({ element, comments }: CommentedElement): ConditionDocument {
    const { entries, children } = this.open('condition', element, comments);
    const lists = {
      regexes: children('regex').map((child) => this.regex(child)),
      action: children('action').map((child) => this.action(child)),
      'anti-action': children('anti-action').map((child) => this.action(child)),
      condition: children('condition').map((child) => this.condition(child)),
    };
    for (const [key, list] of Object.entries(lists)) if (list.length > 0) entries.set(key, list);
    return Object.fromEntries(entries);
  }

  private regex({ element, comments }: CommentedElement): RegexDocument {
    return Object.fromEntries(this.open('regex', element, comments).entries);
  }

  private action({ element, comments }: CommentedElement): ActionDocument {
    const { entries } = this.open('action', element, comments);
    const { text } = element;
    if (text !== '') {
      if (entries.has('data')) {
        this.findings.loss(
          this.at(element),
          `${show(element)} has text, so FreeSWITCH does not read its data; left out`,
        );
      } else if (isBlank(text)) {
        this.findings.warning(
          this.at(element),
          `${show(element)} has white space for its data, which FreeSWITCH takes`,
        );
      }
      entries.set('data', textOf(text));
    }
    const application = element.attributes.get('application');
    if (application === undefined || /^$|[\r\n]/.test(application)) {
      this.findings.loss(
        this.at(element),
        `${show(element)} names no application, where FreeSWITCH hangs the call up; written as "${NO_APPLICATION}"`,
      );
      entries.set('application', NO_APPLICATION);
    }
    return Object.fromEntries(entries);
  }

  /** What every element has: attributes, an `<expression>`, comments; and reports what is not read in it. */
  private open(
    kind: Kind,
    element: XmlElement,
    before: readonly string[],
  ): { readonly entries: Entries; readonly children: (name: string) => readonly CommentedElement[] } {
    const { elements: all, own } = assignComments(element.children, this.source.text);
    const elements = all.filter((child) => !this.isSkipped(child.element));
    const entries = this.attributes(kind, element);
    const comments = [...before, ...own];
    const expressions = elements.filter((child) => child.element.name === 'expression' && isExpressionOf(kind));
    if (expressions[0] !== undefined) {
      const { element: expression, comments: about } = expressions[0];
      comments.push(...about, ...assignComments(expression.children, this.source.text).own);
      this.expectNothingIn(expression);
      if (element.attributes.has('expression')) {
        this.findings.loss(
          this.at(expression),
          `FreeSWITCH reads this instead of the attribute "expression"; left out`,
        );
      }
      entries.set('expression', textOf(expression.text));
    }
    for (const { element: child } of elements) {
      if (!(CHILDREN[kind] as readonly string[]).includes(child.name)) this.reportUnread(kind, child);
    }
    for (const { element: second } of expressions.slice(1)) {
      this.findings.loss(this.at(second), 'FreeSWITCH reads the first <expression> only; this one is left out');
    }
    if (kind !== 'action' && !isBlank(element.text)) this.reportText(element);
    const written = element.attributes.get('description');
    const description = [...comments, ...(written === undefined ? [] : [textOf(written)])].join('\n');
    return {
      entries: new Map([...(description === '' ? [] : [['description', description] as const]), ...entries]),
      children: (name) => elements.filter((child) => child.element.name === name),
    };
  }

  private attributes(kind: Kind, element: XmlElement): Entries {
    const entries: Entries = new Map();
    for (const [bytes, value] of element.attributes) {
      const name = textOf(bytes);
      if (name === 'description' || (kind === 'extension' && name === 'name')) continue;
      const isRead = (ATTRIBUTES[kind] as ReadonlySet<string>).has(name);
      if (!isRead && RESERVED.has(name)) {
        this.findings.loss(
          this.at(element),
          `attribute "${name}" of ${show(element)} would mean something else in JSON; left out`,
        );
        continue;
      }
      if (!isRead) {
        this.countUnknown(`attribute "${name}" of ${show(element)}`, element);
        if (this.options.dropUnknown) continue;
      }
      entries.set(name, FLAGS.has(name) ? flagOf(value) : textOf(value));
    }
    return entries;
  }

  private countUnknown(what: string, element: XmlElement): void {
    count(this.unknown, what, this.at(element));
  }

  private expectNothingIn(element: XmlElement): void {
    for (const name of element.attributes.keys()) {
      this.findings.loss(this.at(element), `FreeSWITCH does not read attribute "${textOf(name)}" here; left out`);
    }
    for (const child of element.children) if (child.kind === 'element') this.reportUnread('action', child);
  }

  private reportUnread(kind: Kind, child: XmlElement): void {
    const meant = suggestion(textOf(child.name), CHILDREN[kind]);
    this.findings.loss(this.at(child), `FreeSWITCH does not read ${show(child)} here; left out${meant}`);
  }

  private reportText(element: XmlElement): void {
    const text = JSON.stringify(textOf(element.text).trim().slice(0, 40));
    this.findings.loss(this.at(element), `FreeSWITCH does not read text in ${show(element)}; left out: ${text}`);
  }

  private at(element: XmlElement): string {
    return this.source.whereIs(element.start);
  }
}

function count(counts: Map<string, Count>, what: string, where: string): void {
  const seen = counts.get(what);
  if (seen === undefined) counts.set(what, { first: where, count: 1 });
  else seen.count += 1;
}

function isExpressionOf(kind: Kind): boolean {
  return kind === 'condition' || kind === 'regex';
}

function flagOf(value: Bytes): string | boolean {
  return value === 'true' || value === 'false' ? value === 'true' : textOf(value);
}

function show({ name }: XmlElement): string {
  return `<${textOf(name)}>`;
}
