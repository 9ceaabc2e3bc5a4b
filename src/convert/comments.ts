/** XML comments as the `description` of what they stand at, and descriptions as comments. */
import { textOf, type Bytes } from '../bytes.js';
import type { XmlComment, XmlElement, XmlNode } from './parse-xml.js';

export interface CommentedElement {
  readonly element: XmlElement;
  readonly comments: readonly string[];
}

/** What stands in an element, each comment given to the element it is about. */
export interface Commented {
  readonly elements: readonly CommentedElement[];
  /** Comments where there is no element to give them to. */
  readonly own: readonly string[];
}

/** Text that FreeSWITCH's preprocessor or parser would not leave alone in a comment. */
const UNFIT = /--|-$|^[#>]|<\?|<\/?include>|x-pre-process|\$\$\{|<!--/i;

/**
 * Gives a comment to the element it follows on the same line, else to the next one, else to the last.
 * @param text what the offsets of the nodes count in
 */
export function assignComments(nodes: readonly XmlNode[], text: Bytes): Commented {
  const elements: { element: XmlElement; comments: string[] }[] = [];
  let waiting: string[] = [];
  for (const node of nodes) {
    const last = elements.at(-1);
    if (node.kind === 'element') {
      elements.push({ element: node, comments: waiting });
      waiting = [];
    } else if (last !== undefined && waiting.length === 0 && isOnSameLine(last.element, node, text)) {
      last.comments.push(descriptionOf(textOf(node.text)));
    } else {
      waiting.push(descriptionOf(textOf(node.text)));
    }
  }
  const last = elements.at(-1);
  if (last === undefined) return { elements, own: waiting };
  last.comments.push(...waiting);
  return { elements, own: [] };
}

/** A comment's text without the indentation that it has only because of where it stands. */
export function descriptionOf(comment: string): string {
  const [first = '', ...others] = comment
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  const indents = others.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, Infinity);
  return [first.trim(), ...others.map((line) => line.slice(indent))].join('\n').replace(/^\n+|\n+$/g, '');
}

/** A comment that {@link descriptionOf} turns back into the description; undefined where no comment does. */
export function commentFor(description: string, indent: string): string | undefined {
  if (UNFIT.test(description)) return undefined;
  const lines = description.split('\n');
  const body = lines.map((line, index) => (index === 0 || line === '' ? line : `${indent}     ${line}`)).join('\n');
  return descriptionOf(` ${body} `) === description ? `<!-- ${body} -->` : undefined;
}

function isOnSameLine(element: XmlElement, comment: XmlComment, text: Bytes): boolean {
  return !text.slice(element.end, comment.start).includes('\n');
}
