import { describe, expect, test } from '@jest/globals';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { readExtensionXml, readXml } from './read-xml.js';

function documentOf(inner: string): ExtensionDocument | undefined {
  return readExtensionXml(inner).contexts[0]?.extensions[0]?.document;
}

function found(xml: string, setup: Parameters<typeof readXml>[1] = {}): string[] {
  return readXml(xml, setup).findings.map(({ severity, where, message }) => `${severity} ${where}: ${message}`);
}

function foundIn(inner: string): string[] {
  return found(`<context name="c">\n<extension name="e">${inner}</extension>\n</context>`);
}

describe('an extension', () => {
  test('is its conditions, with everything FreeSWITCH reads', () => {
    const xml = `<context name="c">
      <extension name="work hours" continue="true">
        <condition wday="2-6" time-of-day="09:00-18:00" tz-offset="-8" dst="true" break="never">
          <anti-action application="set" data="closed=true" inline="true" loop="2"/>
        </condition>
        <condition regex="xor" require-nested="false">
          <regex field="destination_number" expression="^1"/>
          <regex field="\${x}" hour="1"><expression><![CDATA[^(?<n>\\d)$]]></expression></regex>
          <action application="answer"/>
          <condition field="context"><expression/></condition>
        </condition>
        <condition/>
      </extension>
    </context>`;
    const { contexts, findings } = readXml(xml);
    expect(findings).toEqual([]);
    expect(contexts).toEqual([
      {
        name: 'c',
        where: 'in.xml:1',
        extensions: [
          {
            name: 'work hours',
            where: 'in.xml:2',
            document: {
              continue: true,
              condition: [
                {
                  wday: '2-6',
                  'time-of-day': '09:00-18:00',
                  'tz-offset': '-8',
                  dst: 'true',
                  break: 'never',
                  'anti-action': [{ application: 'set', data: 'closed=true', inline: true, loop: '2' }],
                },
                {
                  regex: 'xor',
                  'require-nested': false,
                  regexes: [
                    { field: 'destination_number', expression: '^1' },
                    { field: '${x}', hour: '1', expression: '^(?<n>\\d)$' },
                  ],
                  action: [{ application: 'answer' }],
                  condition: [{ field: 'context', expression: '' }],
                },
                {},
              ],
            },
          },
        ],
      },
    ]);
  });

  test('keeps flags as they are written unless they are true or false', () => {
    expect(documentOf('<condition><action application="set" inline="yes"/></condition>')?.condition).toEqual([
      { action: [{ application: 'set', inline: 'yes' }] },
    ]);
  });

  test('takes comments as descriptions: of what they stand before, or behind on the line, else of what they stand in', () => {
    const inner = `
      <!-- about the condition
           in two lines -->
      <!--and more-->
      <condition>
        <action application="answer"/> <!-- at once -->
        <!-- then -->
        <action application="hangup" description="own"><!-- for good --></action>
        <!-- the end -->
      </condition>
      <condition><!-- nothing --></condition>`;
    expect(documentOf(inner)?.condition).toEqual([
      {
        description: 'about the condition\nin two lines\nand more',
        action: [
          { description: 'at once', application: 'answer' },
          { description: 'then\nthe end\nfor good\nown', application: 'hangup' },
        ],
      },
      { description: 'nothing' },
    ]);
  });

  test('gets the comments around it in its context, and those before the context', () => {
    const xml =
      '<!-- file -->\n<context name="c">\n<!-- one -->\n<extension name="a"/><!-- two -->\n<extension name="b"/>\n<!-- last -->\n</context>';
    const documents = readXml(xml).contexts[0]?.extensions.map(({ document }) => document.description);
    expect(documents).toEqual(['file\none\ntwo', 'last']);
  });

  test('keeps attributes that FreeSWITCH does not read, or leaves them out', () => {
    const xml =
      '<context name="c"><extension name="a" uuid="1" __proto__="x"><condition uuid="2"/></extension><extension name="b" uuid="3"/></context>';
    const { contexts, findings } = readXml(xml);
    expect(JSON.stringify(contexts[0]?.extensions[0]?.document)).toBe(
      '{"uuid":"1","__proto__":"x","condition":[{"uuid":"2"}]}',
    );
    expect(findings.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      'warning FreeSWITCH does not read attribute "uuid" of <extension> (2 times, here first); kept as a key that means nothing',
      'warning FreeSWITCH does not read attribute "__proto__" of <extension>; kept as a key that means nothing',
      'warning FreeSWITCH does not read attribute "uuid" of <condition>; kept as a key that means nothing',
    ]);
    const dropped = readXml(xml, { options: { dropUnknown: true } });
    expect(dropped.findings).toEqual([]);
    expect(dropped.contexts[0]?.extensions[0]?.document).toEqual({ condition: [{}] });
  });
});

describe('what JSON does not hold is named', () => {
  test.each([
    ['<Condition/>', 'FreeSWITCH does not read <Condition> here; left out, did you mean "condition"?'],
    [
      '<condition><antiaction/></condition>',
      'FreeSWITCH does not read <antiaction> here; left out, did you mean "anti-action"?',
    ],
    ['<condition>when</condition>', 'FreeSWITCH does not read text in <condition>; left out: "when"'],
    ['<condition action="x"/>', 'attribute "action" of <condition> would mean something else in JSON; left out'],
    [
      '<condition expression="a"><expression>b</expression></condition>',
      'FreeSWITCH reads this instead of the attribute "expression"; left out',
    ],
    [
      '<condition><expression>b</expression><expression>c</expression></condition>',
      'FreeSWITCH reads the first <expression> only; this one is left out',
    ],
    [
      '<condition><expression a="1">b</expression></condition>',
      'FreeSWITCH does not read attribute "a" here; left out',
    ],
    [
      '<condition><action application="set" data="a">b</action></condition>',
      '<action> has text, so FreeSWITCH does not read its data; left out',
    ],
    [
      '<condition><action data="a"/></condition>',
      '<action> names no application, where FreeSWITCH hangs the call up; written as "(none)"',
    ],
    [
      '<condition><action application="a&#10;b"/></condition>',
      '<action> names no application, where FreeSWITCH hangs the call up; written as "(none)"',
    ],
    [
      '<condition><action application="a"><data/></action></condition>',
      'FreeSWITCH does not read <data> here; left out',
    ],
  ])('%s', (inner, message) => {
    expect(foundIn(inner)).toEqual([`loss in.xml:2: ${message}`]);
  });

  test('white space that FreeSWITCH takes for the data is kept, with a warning', () => {
    const inner = '<condition><action application="set" data="a=1">\n</action></condition>';
    expect(documentOf(inner)?.condition).toEqual([{ action: [{ application: 'set', data: '\n' }] }]);
    expect(foundIn(inner)).toHaveLength(1);
  });
});

describe('contexts', () => {
  const extension = '<extension name="a"/>';

  test('are those of the first section "dialplan" of a document, the first of a name', () => {
    const xml = `<document type="freeswitch/xml">
      <section name="configuration"><configuration name="x"/></section>
      <section name="Dialplan">
        <context name="One">${extension}</context>
        <context name="ONE"><extension name="b"/></context>
        <context>${extension}</context>
        <extension name="c"/>
      </section>
      <section name="dialplan"><context name="two"/></section>
    </document>`;
    const { contexts } = readXml(xml);
    expect(contexts.map(({ name, extensions }) => [name, extensions.map((entry) => entry.name)])).toEqual([
      ['One', ['a']],
    ]);
    expect(found(xml)).toEqual([
      'loss in.xml:5: FreeSWITCH uses the context "One" of in.xml:4 only, the first of the name; left out',
      'loss in.xml:6: FreeSWITCH never finds a context without a name; left out',
      'loss in.xml:7: FreeSWITCH does not read <extension> directly in the section "dialplan"; left out',
      'loss in.xml:9: FreeSWITCH uses the section "dialplan" of in.xml:3 only; left out',
    ]);
  });

  test('of extensions alone are those that FusionPBX puts them in, in its order', () => {
    const xml = `<extension name="b" context="\${domain_name}" order="20"/>
      <extension name="a" context="global" order="10"/>
      <extension name="c" context="public"/>
      <extension name="d" enabled="false" order="5"/>`;
    const { contexts } = readXml(xml, { options: { looseContext: 'main', skipDisabled: true } });
    expect(contexts.map(({ name, extensions }) => [name, extensions.map((entry) => entry.name)])).toEqual([
      ['main', ['a', 'b']],
      ['public', ['c']],
    ]);
    expect(found(xml)[0]).toBe(
      'warning in.xml:1: extensions outside of any context, which FreeSWITCH does not read, are put in order: 3 into "default", 1 into "public"',
    );
  });

  test('may hold what FusionPBX would leave out', () => {
    const inner =
      '<condition><action application="a" enabled="false"/><action application="b" enabled="true"/></condition>';
    const xml = `<context name="c"><extension name="e">${inner}</extension></context>`;
    const skipped = readXml(xml, { options: { skipDisabled: true, dropUnknown: true } });
    expect(skipped.contexts[0]?.extensions[0]?.document.condition).toEqual([{ action: [{ application: 'b' }] }]);
    expect(found(xml, { options: { dropUnknown: true } })).toEqual([
      'warning in.xml:1: FusionPBX leaves out what has enabled="false" (1 times, here first); FreeSWITCH does not, so it is kept: --skip-disabled leaves it out',
    ]);
  });
});
