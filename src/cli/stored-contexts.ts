/** A domain of a dialplan in JSON, as what is written to XML. */
import { lowerCase } from '../dialplan/c-values.js';
import { validateExtension } from '../dialplan/parse-extension.js';
import { jsonPositions } from '../dialplan/json-positions.js';
import { placeOf } from '../dialplan/place-of.js';
import { pointerTo } from '../dialplan/pointer.js';
import type { Position } from '../dialplan/position.js';
import type { Problem } from '../dialplan/problem.js';
import type { Findings } from '../convert/finding.js';
import type { ContextToWrite, ExtensionToWrite } from '../convert/write-dialplan-xml.js';
import { parseContexts } from '../routes/context-lists.js';
import type { DocumentText } from '../routes/document.js';
import { locateProblems } from '../routes/locate-problems.js';

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
  for (const [location, text] of own) {
    const { kind, name } = text;
    if (kind !== 'extension') continue;
    const { document, problems } = validateExtension(text.text);
    if (document === undefined) reportRefused(location, text, problems, findings);
    else {
      const at = (path: string): Position | undefined => jsonPositions(text.text, [path]).get(path);
      extensions.set(name, { name, document, placeOf: (path) => placeOf({ location, at: at(path), path }) });
    }
  }
  const contexts = own.flatMap(([location, text]) =>
    text.kind === 'contexts' ? readContexts(location, text, extensions, findings) : [],
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
  text: DocumentText,
  extensions: ReadonlyMap<string, ExtensionToWrite>,
  findings: Findings,
): ContextToWrite[] {
  const { document: lists, problems } = parseContexts(text.text);
  if (lists === undefined) reportRefused(location, text, problems, findings);
  const missing: Problem[] = [];
  const contexts = [...(lists ?? [])].map(([name, list]) => ({
    name,
    extensions: list.flatMap((wanted, index) => {
      const extension = extensions.get(wanted);
      if (extension !== undefined) return extension;
      const message = `there is no extension "${wanted}", or it is refused`;
      missing.push({ severity: 'error', path: pointerTo(name, index), message });
      return [];
    }),
  }));
  reportRefused(location, text, missing, findings);
  return contexts;
}

function reportRefused(location: string, text: DocumentText, problems: readonly Problem[], findings: Findings): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const problem of locateProblems(errors, location, text)) {
    findings.loss(placeOf(problem), `${problem.message}; left out`);
  }
}
