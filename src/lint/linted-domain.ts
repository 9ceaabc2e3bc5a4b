/** A domain's documents as lint looks at them. */
import type { Extension } from '../dialplan/extension.js';
import type { ExtensionDocument } from '../dialplan/extension-document.js';
import type { ExpressionCompiler } from '../dialplan/expression.js';
import type { Problem } from '../dialplan/problem.js';

export interface LintedDomain {
  readonly name: string;
  readonly extensions: readonly LintedExtension[];
  /** Undefined where there are none, or none that can be read. */
  readonly contexts: LintedContexts | undefined;
  readonly routes: LintedRoutes | undefined;
  /** Names of extensions that are there, but whose documents do not validate. */
  readonly refused: ReadonlySet<string>;
  /** What is wrong with documents that do not validate, and keys nobody reads. */
  readonly problems: readonly (Problem & { readonly location: string })[];
  readonly compiler: ExpressionCompiler;
}

export interface LintedExtension {
  readonly name: string;
  readonly location: string;
  readonly document: ExtensionDocument;
  readonly extension: Extension;
}

export interface LintedContexts {
  readonly location: string;
  /** Names as written to the names of their extensions, in order. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

export interface LintedRoutes {
  readonly location: string;
  /** What is routed to the context it is routed by. */
  readonly table: Readonly<Record<'extension' | 'gateway' | 'profile', ReadonlyMap<string, string>>>;
}
