/** From documents, wherever they were read from, to the domains lint looks at. */
import { compileExtension } from '../dialplan/compile-extension.js';
import { ExpressionCompiler } from '../dialplan/expression.js';
import { lowerCase } from '../dialplan/c-values.js';
import { validateExtension } from '../dialplan/parse-extension.js';
import type { Problem } from '../dialplan/problem.js';
import type { LintedContexts, LintedDomain, LintedExtension, LintedRoutes } from '../lint/linted-domain.js';
import { parseContexts } from '../routes/context-lists.js';
import type { DocumentText } from '../routes/document.js';
import { parseRoutes } from '../routes/route-table.js';

interface DomainParts {
  readonly name: string;
  readonly extensions: LintedExtension[];
  readonly refused: Set<string>;
  readonly problems: (Problem & { readonly location: string })[];
  contexts: LintedContexts | undefined;
  routes: LintedRoutes | undefined;
}

/** The domains, in the order of their names. @throws Pcre2MissingError */
export function lintedDomains(documents: ReadonlyMap<string, DocumentText>): LintedDomain[] {
  const compiler = new ExpressionCompiler();
  const domains = new Map<string, DomainParts>();
  for (const [location, document] of documents) {
    const key = lowerCase(document.domain);
    let parts = domains.get(key);
    if (parts === undefined) {
      parts = {
        name: document.domain,
        extensions: [],
        refused: new Set(),
        problems: [],
        contexts: undefined,
        routes: undefined,
      };
      domains.set(key, parts);
    }
    const problems = addDocument(parts, location, document, compiler);
    parts.problems.push(...problems.map((problem) => ({ ...problem, location })));
  }
  return [...domains.values()]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map((parts) => ({ ...parts, compiler }));
}

function addDocument(
  parts: DomainParts,
  location: string,
  { kind, name, text }: DocumentText,
  compiler: ExpressionCompiler,
): readonly Problem[] {
  switch (kind) {
    case 'extension': {
      const { document, problems } = validateExtension(text);
      if (document === undefined) parts.refused.add(name);
      else {
        parts.extensions.push({ name, location, document, extension: compileExtension(name, document, compiler) });
      }
      return problems;
    }
    case 'contexts': {
      const { document, problems } = parseContexts(text);
      if (document !== undefined) parts.contexts = { location, lists: document };
      return problems;
    }
    case 'routes': {
      const { document, problems } = parseRoutes(text);
      if (document !== undefined) parts.routes = { location, table: document };
      return problems;
    }
  }
}
