import { describe, expect, test } from '@jest/globals';
import type { DocumentKind, DocumentText } from '../../src/routes/document.js';
import { findContext, findDomain } from '../../src/routes/snapshot.js';
import { DialplanStore } from '../../src/routes/store.js';

function document(kind: DocumentKind, name: string, content: unknown, domain = 'd'): [string, DocumentText] {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return [`${domain}/${kind}/${name}`, { domain, kind, name, text }];
}

const answer = { condition: { action: { application: 'answer' } } };

function loaded(...documents: (readonly [string, DocumentText])[]): DialplanStore {
  const store = new DialplanStore();
  store.update(new Map(documents));
  return store;
}

function namesIn(store: DialplanStore, context: string): string[] {
  const found = findContext(findDomain(store.snapshot, 'd'), context);
  return found?.extensions.map(({ name }) => name) ?? [];
}

describe('the dialplan in force', () => {
  test('a context is its extensions, in order; names may hold spaces and Chinese', () => {
    const store = loaded(
      document('extension', 'call trunk', answer),
      document('extension', '录音', answer),
      document('contexts', 'contexts', { default: ['录音', 'call trunk', '录音'] }),
    );
    expect(namesIn(store, 'default')).toEqual([
      Buffer.from('录音').toString('latin1'),
      'call trunk',
      Buffer.from('录音').toString('latin1'),
    ]);
    expect(store.snapshot.problems).toEqual([]);
  });

  test('a document that is refused leaves its previous version in force', () => {
    const store = loaded(document('extension', 'e', answer), document('contexts', 'contexts', { default: ['e'] }));
    const [before] = findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions ?? [];
    const update = store.update(new Map([document('extension', 'e', '{ half written')]));
    expect(update?.newProblems).toEqual([
      {
        severity: 'error',
        location: 'd/extension/e',
        path: '',
        at: { line: 1, column: 3 },
        message: 'no JSON: expected a value, found "half"; its previous version stays in force',
      },
    ]);
    expect(findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions[0]).toBe(before);
    const mended = store.update(new Map([document('extension', 'e', { ...answer, continue: true })]));
    expect(mended?.solved).toBe(1);
    expect(findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions[0]?.continues).toBe(true);
  });

  test('one that never was good is left out, the others of its context are used', () => {
    const store = loaded(
      document('extension', 'good', answer),
      document('extension', 'bad', []),
      document('contexts', 'contexts', { default: ['bad', 'missing', 'good'] }),
    );
    expect(namesIn(store, 'default')).toEqual(['good']);
    expect(store.snapshot.problems.map(({ location, path, message }) => [location, path, message])).toEqual([
      ['d/extension/bad', '', 'expected an object, found []; it is left out'],
      [
        'd/contexts/contexts',
        '/default/1',
        'there is no extension "missing" in domain d; the others of the context are used',
      ],
    ]);
  });

  test('refused contexts and routes keep their previous versions too', () => {
    const store = loaded(
      document('extension', 'e', answer),
      document('contexts', 'contexts', { default: ['e'] }),
      document('routes', 'routes', { profile: { internal: 'default' } }),
    );
    store.update(
      new Map([document('contexts', 'contexts', { default: 'e' }), document('routes', 'routes', { porfile: {} })]),
    );
    expect(namesIn(store, 'default')).toEqual(['e']);
    expect(findDomain(store.snapshot, 'D')?.routes.profile.get('internal')).toBe('default');
    expect(store.snapshot.problems.map(({ message }) => message)).toEqual([
      'expected an array, found "e"; its previous version stays in force',
      'unknown key "porfile", did you mean "profile"?; its previous version stays in force',
    ]);
  });

  test('what did not change keeps its compiled form, and nothing new is no update', () => {
    const store = loaded(
      document('extension', 'a', answer),
      document('extension', 'b', answer),
      document('contexts', 'contexts', { default: ['a', 'b'] }),
    );
    const [a] = findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions ?? [];
    const { version } = store.snapshot;
    expect(store.update(new Map([document('extension', 'a', answer)]))).toBeUndefined();
    expect(store.snapshot.version).toBe(version);
    store.update(new Map([document('extension', 'b', { ...answer, continue: 'yes' })]));
    expect(findContext(findDomain(store.snapshot, 'd'), 'default')?.extensions[0]).toBe(a);
  });

  test('a removed document is gone; a call keeps the snapshot it has', () => {
    const store = loaded(document('extension', 'e', answer), document('contexts', 'contexts', { default: ['e'] }));
    const kept = store.snapshot;
    store.update(new Map([['d/extension/e', undefined]]));
    expect(namesIn(store, 'default')).toEqual([]);
    expect(findContext(findDomain(kept, 'd'), 'default')?.extensions).toHaveLength(1);
  });
});
