/** A dialplan written down in a test, as the documents a source would tell. */
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import type { DocumentText } from '../../src/routes/document.js';

interface DomainTexts {
  readonly contexts: Readonly<Record<string, readonly string[]>>;
  readonly routes?: object;
  readonly extensions: Readonly<Record<string, ExtensionDocument>>;
}

export function dialplanDocuments(domains: Readonly<Record<string, DomainTexts>>): Map<string, DocumentText> {
  const documents = new Map<string, DocumentText>();
  for (const [domain, { contexts, routes, extensions }] of Object.entries(domains)) {
    const add = (kind: DocumentText['kind'], name: string, value: object): void => {
      documents.set(`${domain}/${kind}/${name}`, { domain, kind, name, text: JSON.stringify(value) });
    };
    add('contexts', 'contexts', contexts);
    if (routes !== undefined) add('routes', 'routes', routes);
    for (const [name, extension] of Object.entries(extensions)) add('extension', name, extension);
  }
  return documents;
}
