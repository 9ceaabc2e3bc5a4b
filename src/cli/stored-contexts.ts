/** A domain of a dialplan in JSON, as what is written to XML. */
import { lowerCase } from '../dialplan/c-values.js';
import { validateExtension } from '../dialplan/parse-extension.js';
import type { Problem } from '../dialplan/problem.js';
import type { Findings } from '../convert/finding.js';
import type { ContextToWrite, ExtensionToWrite } from '../convert/write-dialplan-xml.js';
import { parseContexts } from '../routes/context-lists.js';
import type { DocumentText } from '../routes/document.js';

/** Texts by location. */
type Documents = ReadonlyMap<string, DocumentText>;

export interface StoredDomain {
  readonly contexts: readonly ContextToWrite[];
  /** Extensions that no context names. */
  readonly unused: readonly ExtensionToWrite[];
  /** Where the domain's routes are, if it has any: no XML dialplan holds them. */
  readonly routesAt: string | undefined;
}

/** The names of the domains that documents belong to. */
export function domainsOf(documents: Documents): readonly string[] {
  return [...new Set([...documents.values()].map(({ domain }) => domain))];
}

/** Reads a domain's documents; one that is refused is a loss. */
export function readStoredDomain(documents: Documents, domain: string, findings: Findings): StoredDomain {
  const own = [...documents].filter(([, document]) => lowerCase(document.domain) === lowerCase(domain));
  const extensions = new Map<string, ExtensionToWrite>();
  for (const [location, { kind, name, text }] of own) {
    if (kind !== 'extension') continue;
    const { document, problems } = validateExtension(text);
    if (document === undefined) reportRefused(location, problems, findings);
    else extensions.set(name, { name, document, location });
  }
  const contexts = own.flatMap(([location, { kind, text }]) =>
    kind === 'contexts' ? readContexts(location, text, extensions, findings) : [],
  );
  const used = new Set(contexts.flatMap((context) => context.extensions.map(({ name }) => name)));
  return {
    contexts,
    unused: [...extensions.values()].filter(({ name }) => !used.has(name)),
    routesAt: own.find(([, { kind }]) => kind === 'routes')?.[0],
  };
}

function readContexts(
  location: string,
  text: string,
  extensions: ReadonlyMap<string, ExtensionToWrite>,
  findings: Findings,
): ContextToWrite[] {
  const { document: lists, problems } = parseContexts(text);
  if (lists === undefined) reportRefused(location, problems, findings);
  return [...(lists ?? [])].map(([name, list]) => ({
    name,
    extensions: list.flatMap((wanted, index) => {
      const extension = extensions.get(wanted);
      if (extension === undefined) {
        findings.loss(`${location} /${name}/${index}`, `there is no extension "${wanted}", or it is refused; left out`);
      }
      return extension ?? [];
    }),
  }));
}

function reportRefused(location: string, problems: readonly Problem[], findings: Findings): void {
  for (const { severity, path, message } of problems) {
    if (severity === 'error') findings.loss(path === '' ? location : `${location} ${path}`, `${message}; left out`);
  }
}
