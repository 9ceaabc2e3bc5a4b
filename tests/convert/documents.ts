/** Random dialplans in JSON, with all that makes XML hard and enough sense to be hunted. */
import fc, { type Arbitrary } from 'fast-check';
import { bytesOf, textOf } from '../../src/bytes.js';
import { TIME_ATTRIBUTES } from '../../src/dialplan/date-time.js';
import type { ActionDocument, ConditionDocument, ExtensionDocument } from '../../src/dialplan/extension-document.js';

/** What FreeSWITCH's preprocessor or parser could trip over. */
// prettier-ignore
const AWKWARD = [
  '<', '>', '&', '"', "'", '&lt;', '&#65;', '&unknown;', '\n', '\r', '\r\n', '\t', ' ', '  ', '\x01', '\v', '\x7f', '=', '/>',
  '$${x}', '$$${x}', '$${', '${destination_number}', '$1', '\\$', '\\\\', "\\'", '{', '}', '-->', '<!--', '<!--#set x=b-->', '--',
  '<![CDATA[', ']]>', '<include>', '</include>', '<?xml?>', '<X-PRE-PROCESS cmd="set" data="x=b"/>', 'x-pre-process', 'true',
  '中文', 'é', '😀', '\udcff', '\udc80', '\u00a0', '\u2028', '\ufeff', '#', 'a', '1', '%41', '-',
];

/** No NUL, which ends a string in FreeSWITCH; bytes that are no UTF-8 are. */
export const awkwardText: Arbitrary<string> = fc
  .array(fc.oneof({ arbitrary: fc.constantFrom(...AWKWARD), weight: 4 }, fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 5,
  })
  .map((pieces) => textOf(bytesOf(pieces.join('').replaceAll('\0', ''))));

const scalar = fc.oneof(awkwardText, fc.boolean(), fc.integer());
const description = { description: awkwardText.filter((text) => text !== '') };
const field = fc.constantFrom('destination_number', 'caller_id_name', 'context', '${x}', '${y}', 'nothing');
const expression = fc.constantFrom(
  '^(1)(\\d*)$',
  '.',
  '',
  '^0',
  '(?<name>\\d+)&?',
  '^[^<"\']*$',
  '/^A/i',
  '_XXX',
  '(',
  '\\$',
);
const flag = fc.oneof(fc.boolean(), fc.constantFrom('true', 'yes', 'FALSE', '1', ''));

const action: Arbitrary<ActionDocument> = fc.record(
  {
    application: fc.constantFrom('set', 'bridge', 'export', 'log', 'unset'),
    data: fc.oneof(
      awkwardText,
      awkwardText.map((text) => `y=${text}`),
    ),
    inline: flag,
    loop: fc.constantFrom('0', 2, '1', 'x'),
    ...description,
  },
  { requiredKeys: ['application'] },
);

const times = fc.dictionary(
  fc.constantFrom(...TIME_ATTRIBUTES),
  fc.constantFrom('1', '1-12', 'mon', '', '00:00-23:59'),
  {
    maxKeys: 1,
  },
);
const test = { field, expression, ...description };

function several<Item>(item: Arbitrary<Item>): Arbitrary<Item | Item[]> {
  return fc.oneof(item, fc.array(item, { maxLength: 3 }));
}

const { condition } = fc.letrec<{ condition: ConditionDocument }>((tie) => ({
  condition: fc
    .tuple(
      times,
      fc.record(
        {
          ...test,
          break: fc.constantFrom('on-true', 'never', 'always', 'ON-FALSE', 'sometimes'),
          'require-nested': flag,
          regex: fc.constantFrom('all', 'any', 'xor', ''),
          regexes: several(
            fc.tuple(times, fc.record(test, { requiredKeys: [] })).map(([time, rest]) => ({ ...time, ...rest })),
          ),
          action: several(action),
          'anti-action': several(action),
          condition: fc.oneof({ maxDepth: 2 }, fc.constant([]), several(tie('condition'))),
          own: scalar,
        },
        { requiredKeys: [] },
      ),
    )
    .map(([time, rest]) => ({ ...time, ...rest })),
}));

export const extensionDocument: Arbitrary<ExtensionDocument> = fc.record(
  { continue: flag, condition: several(condition), ...description, own: scalar },
  { requiredKeys: ['condition'] },
);

/** A document as it comes back from XML, which knows only text and lists. */
export function fromXml(document: object): object {
  return Object.fromEntries(
    Object.entries(document).flatMap(([key, value]: [string, unknown]): [string, unknown][] => {
      if (!LISTS.has(key)) return [[key, scalarFromXml(key, String(value))]];
      const list = (Array.isArray(value) ? value : [value]) as object[];
      return list.length === 0 ? [] : [[key, list.map(fromXml)]];
    }),
  );
}

function scalarFromXml(key: string, text: string): string | boolean {
  return FLAGS.has(key) && (text === 'true' || text === 'false') ? text === 'true' : text;
}

const FLAGS = new Set(['continue', 'inline', 'require-nested']);
const LISTS = new Set(['condition', 'action', 'anti-action', 'regexes']);
