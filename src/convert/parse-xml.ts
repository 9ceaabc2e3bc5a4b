/** Preprocessed text to a tree, as FreeSWITCH's parser (`switch_xml_parse_str`) reads it, with comments and positions. */
import { QuoteType, Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { textOf, type Bytes } from '../bytes.js';
import { decodeAttribute, decodeCdata, decodeText } from './decode-entities.js';
import type { Findings } from './finding.js';
import { UnreadableXmlError, type Preprocessed } from './preprocess.js';

export interface XmlElement {
  readonly kind: 'element';
  readonly name: Bytes;
  readonly attributes: ReadonlyMap<Bytes, Bytes>;
  readonly children: readonly XmlNode[];
  /** All the text directly in it, decoded, put together. */
  readonly text: Bytes;
  /** Offsets of its first character and of the one behind its last. */
  readonly start: number;
  readonly end: number;
}

export interface XmlComment {
  readonly kind: 'comment';
  readonly text: Bytes;
  readonly start: number;
  readonly end: number;
}

export type XmlNode = XmlElement | XmlComment;

type OpenElement = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & {
  attributes: Map<Bytes, Bytes>;
  children: XmlNode[];
};

/** FreeSWITCH hunts conditions nested up to 100 deep, and needs few elements around them. */
const DEEPEST = 256;
const NAME_START = /^[A-Za-z_:\x80-\xff]/;
const COMMENT_END = '--';
const SHOWN_TEXT = 40;

/** Parses a text that may have several roots. @throws {@link UnreadableXmlError} where FreeSWITCH's parser would give up */
export function parseXml(source: Preprocessed, findings: Findings): readonly XmlNode[] {
  const parser = new TreeBuilder(source, findings);
  const tokenizer = new Tokenizer({ xmlMode: true, decodeEntities: false }, parser);
  tokenizer.write(source.text);
  tokenizer.end();
  return parser.roots;
}

/** Whether there is nothing in it but XML's white space. */
export function isBlank(text: Bytes): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

class TreeBuilder implements TokenizerCallbacks {
  readonly roots: XmlNode[] = [];
  private readonly open: OpenElement[] = [];
  /** The start tag being read. */
  private tag: OpenElement | undefined;
  private attribute = { name: '', value: '', at: 0 };
  private lastEnd = 0;
  private readonly text: Bytes;

  constructor(
    private readonly source: Preprocessed,
    private readonly findings: Findings,
  ) {
    this.text = source.text;
  }

  onopentagname(start: number, end: number): void {
    const name = this.text.slice(start, end);
    if (!NAME_START.test(name)) this.fail(start, `a tag's name behind "<" (or &lt;), found "${textOf(name)}"`);
    this.tag = { kind: 'element', name, attributes: new Map(), children: [], text: '', start: start - 1, end };
  }

  onattribname(start: number, end: number): void {
    this.attribute = { name: this.text.slice(start, end), value: '', at: start };
  }

  onattribdata(start: number, end: number): void {
    this.attribute.value = this.text.slice(start, end);
  }

  onattribend(quote: QuoteType): void {
    const { name, value, at } = this.attribute;
    const { attributes, name: tagName } = this.tag as OpenElement;
    if (quote === QuoteType.Unquoted) {
      this.findings.loss(this.at(at), `${textOf(name)}: FreeSWITCH does not read a value without quotes`);
    }
    if (attributes.has(name)) {
      this.findings.loss(
        this.at(at),
        `<${textOf(tagName)}> has ${textOf(name)} twice; FreeSWITCH reads the first, this one is left out`,
      );
      return;
    }
    const quoted = quote === QuoteType.Double || quote === QuoteType.Single;
    attributes.set(name, quoted ? decodeAttribute(value) : '');
  }

  onopentagend(at: number): void {
    const element = this.endTag(at);
    if (this.open.length >= DEEPEST) this.fail(element.start, `elements nested at most ${DEEPEST} deep, found more`);
    this.open.push(element);
  }

  onselfclosingtag(at: number): void {
    this.endTag(at);
  }

  onclosetag(start: number, end: number): void {
    const name = this.text.slice(start, end);
    const element = this.open.pop();
    if (element === undefined) this.fail(start, `no closing tag, for none is open, found </${textOf(name)}>`);
    if (element.name !== name || this.text[start - 1] !== '/') {
      this.fail(start, `</${textOf(element.name)}> for ${this.at(element.start)}, found </${textOf(name)}>`);
    }
    this.lastEnd = this.text.indexOf('>', end) + 1;
    element.end = this.lastEnd;
  }

  oncomment(start: number, end: number): void {
    const close = this.text.indexOf(COMMENT_END, start);
    if (close < 0 || close !== end - COMMENT_END.length || this.text[end] !== '>') {
      this.fail(close < 0 ? start : close, 'a comment to end with "-->" and to hold no other "--"');
    }
    this.add({ kind: 'comment', text: this.text.slice(start, close), start: start - '<!--'.length, end: end + 1 });
    this.lastEnd = end + 1;
  }

  oncdata(start: number, end: number, offset: number): void {
    if (this.text[end] !== '>') this.fail(start, '"]]>" at the end of a CDATA section, found the end of the text');
    this.addText(decodeCdata(this.text.slice(start, end - offset)), start);
    this.lastEnd = end + 1;
  }

  ontext(start: number, end: number): void {
    const text = this.text.slice(start, end);
    const tagStart = text.indexOf('<');
    if (tagStart >= 0) {
      const found = textOf(text.slice(tagStart, tagStart + 10));
      this.fail(start + tagStart, `a tag's name behind "<" (or &lt;), found ${JSON.stringify(found)}`);
    }
    this.addText(decodeText(text), start);
    this.lastEnd = end;
  }

  ondeclaration(start: number, end: number): void {
    const text = this.text.slice(start, end);
    if (!text.startsWith('DOCTYPE')) this.fail(start, `a tag or a comment, found <!${textOf(text.slice(0, 10))}`);
    if (text.includes('[')) {
      this.fail(start, 'no declarations in DOCTYPE: write what its entities stand for (xmllint --noent does)');
    }
    this.lastEnd = end + 1;
  }

  onprocessinginstruction(_start: number, end: number): void {
    this.lastEnd = end + 2;
  }

  onend(): void {
    const element = this.open.pop();
    if (element !== undefined) this.fail(element.start, `</${textOf(element.name)}> for this tag, found the end`);
    if (this.lastEnd < this.text.length)
      this.fail(this.lastEnd, '">" at the end of the tag, found the end of the text');
  }

  onattribentity(): void {
    // Entities are decoded as FreeSWITCH decodes them, so the tokenizer is told not to.
  }

  ontextentity(): void {
    // As above.
  }

  private endTag(at: number): OpenElement {
    const element = this.tag as OpenElement;
    this.tag = undefined;
    element.end = at + 1;
    this.lastEnd = at + 1;
    this.add(element);
    return element;
  }

  private add(node: XmlNode): void {
    (this.open.at(-1)?.children ?? this.roots).push(node);
  }

  private addText(text: Bytes, start: number): void {
    const parent = this.open.at(-1);
    if (parent !== undefined) parent.text += text;
    else if (textOf(text).trim() !== '') {
      const shown = JSON.stringify(textOf(text).trim().slice(0, SHOWN_TEXT));
      this.findings.warning(this.at(start), `text outside of any element is passed over: ${shown}`);
    }
  }

  private at(offset: number): string {
    return this.source.whereIs(offset);
  }

  private fail(offset: number, expected: string): never {
    throw new UnreadableXmlError(this.at(offset), `expected ${expected}`);
  }
}
