import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesOf } from '../../src/bytes.js';
import { commentFor, descriptionOf } from '../../src/convert/comments.js';
import { Findings } from '../../src/convert/finding.js';
import { writeDialplanXml } from '../../src/convert/write-dialplan-xml.js';
import { compileExtension } from '../../src/dialplan/compile-extension.js';
import { ExpressionCompiler } from '../../src/dialplan/expression.js';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { huntOffline } from '../../src/replay/hunt-offline.js';
import { traceLines, traceProblems } from '../../src/report/trace-lines.js';
import { awkwardText, extensionDocument, fromXml } from './documents.js';
import { readXml } from './read-xml.js';

interface Named {
  readonly name: string;
  readonly document: ExtensionDocument;
}

const name = fc.oneof(fc.constantFrom('a', 'b', '100'), awkwardText);
const extensions = fc.array(fc.record({ name, document: extensionDocument }), { maxLength: 3 });

function write(context: string, list: readonly Named[], findings = new Findings()): string {
  const toWrite = list.map((extension) => ({ ...extension, placeOf: (path: string) => `store ${path}` }));
  return writeDialplanXml([{ name: context, extensions: toWrite }], findings);
}

/** With globals that would be seen if FreeSWITCH's preprocessor replaced one. */
function read(xml: string): ReturnType<typeof readXml> {
  return readXml(xml, { globals: { x: 'REPLACED' }, globalsComplete: true });
}

/** Pointers into the documents are left out: one that stood for a list became a list. */
function huntIn(list: readonly Named[], destination: string): unknown {
  const compiler = new ExpressionCompiler();
  const { trace, ...decision } = huntOffline(
    {
      data: new Map([
        ['Unique-ID', '1'],
        ['Caller-Destination-Number', destination],
        ['Caller-Caller-ID-Name', 'Alice <"&">'],
        ['variable_x', destination],
      ]),
      context: 'c',
      extensions: list.map((extension) => compileExtension(extension.name, extension.document, compiler)),
      compiler,
      moment: { epochMs: 1_795_350_068_000, serverZone: 'UTC' },
      neutraliseCaptures: false,
    },
    { global: () => undefined, api: (call) => bytesOf(`<${call.text}>`) },
  );
  return { ...decision, trace: traceLines(trace), problems: traceProblems(trace) };
}

describe('from JSON to XML and back', () => {
  test('every document is itself again, and every call is hunted the same, trace line by trace line', () => {
    fc.assert(
      fc.property(awkwardText, extensions, fc.constantFrom('1', '1234', '0', 'a'), (context, list, destination) => {
        const findings = new Findings();
        const { contexts } = read(write(context, list, findings));
        const back = contexts[0]?.extensions.map((extension) => ({
          name: extension.name ?? '',
          document: extension.document,
        }));
        expect(findings.all).toEqual([]);
        expect(contexts.map((found) => found.name)).toEqual([context]);
        expect(back).toEqual(
          list.map((extension) => ({
            name: extension.name,
            document: { condition: [], ...fromXml(extension.document) },
          })),
        );
        expect(huntIn(back ?? [], destination)).toEqual(huntIn(list, destination));
      }),
      { numRuns: 150 },
    );
  });

  test('what is written once is written the same again', () => {
    fc.assert(
      fc.property(extensions, (list) => {
        const xml = write('c', list);
        const back = read(xml).contexts[0]?.extensions ?? [];
        expect(
          write(
            'c',
            back.map((extension) => ({ name: extension.name ?? '', document: extension.document })),
          ),
        ).toBe(xml);
      }),
      { numRuns: 50 },
    );
  });

  test('it reads well', () => {
    const document: ExtensionDocument = {
      description: 'Rings a phone\nfor half a minute',
      continue: false,
      condition: [
        {
          field: 'destination_number',
          expression: '^(1\\d{3})$',
          description: 'cannot be a comment -- so it is none',
          action: { application: 'bridge', data: 'user/$1@${domain_name}', description: 'rings' },
          condition: { hour: 9, 'anti-action': { application: 'log', data: '<"$${x}">\n' } },
        },
      ],
    };
    expect(write('default', [{ name: 'call extension', document }])).toBe(`<include>
  <context name="default">
    <!-- Rings a phone
         for half a minute -->
    <extension name="call extension" continue="false">
      <condition field="destination_number" expression="^(1\\d{3})$" description="cannot be a comment -- so it is none">
        <!-- rings -->
        <action application="bridge" data="user/$1@\${domain_name}"/>
        <condition hour="9">
          <anti-action application="log" data="&lt;&quot;$&#36;{x}&quot;&gt;&#10;"/>
        </condition>
      </condition>
    </extension>
  </context>
</include>
`);
  });

  test('what XML has no room for is named', () => {
    const findings = new Findings();
    const document = {
      name: 'other',
      $schema: 'x',
      condition: [{ 'a b': 1, list: [], nothing: null, action: [{ application: 'a', condition: 'x' }] }],
    } as unknown as ExtensionDocument;
    write('c', [{ name: 'e', document }], findings);
    expect(findings.all.map(({ severity, where, message }) => `${severity} ${where}: ${message}`)).toEqual([
      'warning store /name: the name it is stored under, "e", is written, as that counts',
      'loss store /condition/0/a b: XML has no room for this key, for no attribute can have its name; left out',
      'loss store /condition/0/list: XML has no room for this key, for its value is no text; left out',
      'loss store /condition/0/nothing: XML has no room for this key, for its value is no text; left out',
      'loss store /condition/0/action/0/condition: XML has no room for this key, for no attribute can have its name; left out',
    ]);
  });
});

test('a description that is written as a comment is the same when it is read', () => {
  fc.assert(
    fc.property(awkwardText, (text) => {
      const comment = commentFor(text, '      ');
      if (comment === undefined) return;
      expect(descriptionOf(comment.slice('<!--'.length, -'-->'.length))).toBe(text);
    }),
  );
});
