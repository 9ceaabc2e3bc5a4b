import { expect, test } from '@jest/globals';
import { Findings } from '../../src/convert/finding.js';
import { nameExtensions, type DomainDocuments } from '../../src/convert/name-extensions.js';
import { readXml } from './read-xml.js';

function named(xml: string): DomainDocuments & { readonly findings: Findings } {
  const findings = new Findings();
  return { ...nameExtensions(readXml(xml).contexts, findings), findings };
}

const context = (name: string, ...extensions: string[]): string =>
  `<context name="${name}">${extensions.map((attributes) => `<extension ${attributes}/>`).join('')}</context>\n`;

test('extensions of one name and content are one; others get the name of their context, then a number', () => {
  const xml =
    context('default', 'name="e"', 'name="f"', 'name="f" continue="true"', 'name="f" continue="1"') +
    context('public', 'name="e"', 'name="f" continue="true"', 'name="f" continue="x"');
  const { contexts, extensions, findings } = named(xml);
  expect(Object.fromEntries(contexts)).toEqual({
    default: ['e', 'f', 'f (default)', 'f (default) 2'],
    public: ['e', 'f (default)', 'f (public)'],
  });
  expect(extensions.get('f (public)')).toEqual({ continue: 'x', condition: [] });
  expect(findings.all.map(({ severity, message }) => `${severity} ${message}`)[0]).toBe(
    'loss extension "f" is kept as "f (default)", which the trace shows: its own name is taken, or no file can have it',
  );
});

test('a name that no file can have is changed, also a missing one', () => {
  const long = 'é'.repeat(200);
  const { contexts, findings } = named(context('c', 'name="a/b"', 'name=".x"', 'name=""', '', `name="${long}"`));
  expect(contexts.get('c')).toEqual(['a_b', '_x', 'unnamed c 3', 'unnamed c 4', 'é'.repeat(115)]);
  expect(findings.all).toHaveLength(5);
});

test('a name that is composed differently is the same name to a file system that composes it', () => {
  const { extensions } = named(context('c', 'name="e\u0301" continue="true"', 'name="\u00e9"'));
  expect([...extensions.keys()]).toEqual(['é', 'é (c)']);
});

test('thousands of one name are named in no time', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `name="e" n="${index}"`);
  expect(named(context('c', ...names)).extensions.size).toBe(20_000);
});

test('extensions that differ in comments alone are one, which has the comments of both', () => {
  const extension = (outer: string, inner: string): string =>
    `${outer}<extension name="e"><condition field="a" expression="b">${inner}<action application="answer"/></condition></extension>`;
  const written = [
    extension('<!-- rings -->', ''),
    extension('', '<!-- at once -->'),
    extension('<!-- rings -->', '<!-- soon -->'),
    extension('', ''),
  ];
  const xml = written.map((text, index) => `<context name="${index}">\n${text}\n</context>\n`).join('');
  const { extensions, contexts, findings } = named(xml);
  expect([...contexts.values()]).toEqual([['e'], ['e'], ['e'], ['e']]);
  const action = { description: 'at once', application: 'answer' };
  expect([...extensions]).toEqual([
    ['e', { description: 'rings', condition: [{ field: 'a', expression: 'b', action: [action] }] }],
  ]);
  expect(findings.all.map(({ severity, where, message }) => [severity, where.replace(/^.*:/, ''), message])).toEqual([
    ['warning', '8', '"e" is there already and differs in comments alone; of two at one place the first is kept'],
  ]);
});
