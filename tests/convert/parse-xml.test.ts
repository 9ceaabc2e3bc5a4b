import { describe, expect, test } from '@jest/globals';
import { bytesOf, textOf } from '../../src/bytes.js';
import { decodeAttribute, decodeText } from '../../src/convert/decode-entities.js';
import { readExtensionXml, readXml } from './read-xml.js';

function conditionsOf(inner: string): unknown {
  return readExtensionXml(inner).contexts[0]?.extensions[0]?.document.condition;
}

describe('the XML that FreeSWITCH reads', () => {
  test('may hold < and a bare & in an attribute, quotes of either kind, entities of XML and of characters', () => {
    const inner = `<condition field='a"b' expression="^(?<n>a & b)&lt;&gt;&quot;&apos;&amp;&#65;&#x4e2d;&unknown;$"/>`;
    expect(conditionsOf(inner)).toEqual([{ field: 'a"b', expression: `^(?<n>a & b)<>"'&A中&unknown;$` }]);
  });

  test('has spaces for the line breaks and tabs of an attribute, unless they are written as references', () => {
    expect(conditionsOf('<condition field="a\r\n\tb&#10;&#9;c"/>')).toEqual([{ field: 'a  b\n\tc' }]);
  });

  test('has text and CDATA of an action put together, line breaks kept', () => {
    const inner =
      '<condition><action application="set">a&amp;<!-- note --><![CDATA[&amp;<b>]]>\r\nc</action></condition>';
    expect(conditionsOf(inner)).toEqual([
      { action: [{ description: 'note', application: 'set', data: 'a&&amp;<b>\nc' }] },
    ]);
  });

  test('takes bytes as they are', () => {
    const bytes = 'caf\u00e9 \udcff';
    expect(conditionsOf(`<condition field="${bytes}"/>`)).toEqual([{ field: bytes }]);
  });

  test('takes the first of two attributes and none without quotes, and both are a loss', () => {
    const { contexts, findings } = readExtensionXml('<condition field="a" field="b" expression=x></condition>');
    expect(contexts[0]?.extensions[0]?.document.condition).toEqual([{ field: 'a', expression: '' }]);
    expect(findings.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      'in.xml:2: <condition> has field twice; FreeSWITCH reads the first, this one is left out',
      'in.xml:2: expression: FreeSWITCH does not read a value without quotes',
    ]);
  });
});

describe('a text FreeSWITCH could not load is refused with the place, what was expected and what was found', () => {
  test.each([
    ['<context name="c">\n<extension>\n</context>', 'in.xml:3: expected </extension> for in.xml:2, found </context>'],
    ['<context name="c">\n\n', 'in.xml:1: expected </context> for this tag, found the end'],
    ['</context>', 'in.xml:1: expected no closing tag, for none is open, found </context>'],
    ['\n<context name="c"', 'in.xml:2: expected ">" at the end of the tag, found the end of the text'],
    ['\n<context name="c>\n</context>', 'in.xml:2: expected ">" at the end of the tag, found the end of the text'],
    ['<a>\n1 < 2</a>', `in.xml:2: expected a tag's name behind "<" (or &lt;), found "< 2"`],
    ['<a>\n<3/></a>', `in.xml:2: expected a tag's name behind "<" (or &lt;), found "3"`],
    ['<a>\n<!-- a -- b --></a>', 'in.xml:2: expected a comment to end with "-->" and to hold no other "--"'],
    ['<a>\n<!-- a', 'in.xml:2: expected a comment to end with "-->" and to hold no other "--"'],
    ['<a>\n<![CDATA[ a', 'in.xml:2: expected "]]>" at the end of a CDATA section, found the end of the text'],
    ['<!ELEMENT a>', 'in.xml:1: expected a tag or a comment, found <!ELEMENT a'],
    [
      '<!DOCTYPE a [ <!ENTITY b "c"> ]>',
      'in.xml:1: expected no declarations in DOCTYPE: write what its entities stand for (xmllint --noent does)',
    ],
  ])('%j', (xml, message) => {
    expect(() => readXml(xml)).toThrow(message);
  });

  test('nested deeper than any dialplan is', () => {
    expect(() => readXml('<condition>\n'.repeat(10_000))).toThrow(
      'in.xml:257: expected elements nested at most 256 deep, found more',
    );
  });
});

describe('entities', () => {
  test.each([
    ['&#0;&#x0;&#;&#xg;&#a;&#12a;&#X41;&LT;', '&#0;&#x0;&#;&#xg;&#a;&#12a;&#X41;&LT;'],
    ['&amp;lt;&amp;#65;', '&lt;&#65;'],
    ['&#x80000000;&#99999999999999999999;', '&#x80000000;&#99999999999999999999;'],
    ['&#x1F600;&#233;', '😀é'],
  ])('%s is %s', (raw, decoded) => {
    expect(textOf(decodeText(raw))).toBe(decoded);
  });

  test('of a surrogate or beyond Unicode are the bytes that UTF-8 would have', () => {
    expect(decodeText('&#xd800;&#x7fffffff;')).toBe('\xed\xa0\x80\xfd\xbf\xbf\xbf\xbf\xbf');
    expect(decodeAttribute(bytesOf('&#xe9;'))).toBe('\xc3\xa9');
  });
});
