/** FreeSWITCH's XML to the extensions and contexts it defines, and of a whole configuration the routes to them. */
import type { Finding } from './finding.js';
import { Findings } from './finding.js';
import { Globals, type GivenGlobals } from './globals.js';
import { parseXml } from './parse-xml.js';
import { preprocess, type Source, type SourceFiles } from './preprocess.js';
import { ContextReader, type WrittenContext } from './read-contexts.js';
import { ExtensionReader, type ExtensionReaderOptions } from './read-extension.js';
import { readRoutes, type WrittenRoutes } from './read-routes.js';

export interface ReadXmlOptions extends ExtensionReaderOptions {
  readonly files: SourceFiles;
  readonly globals: GivenGlobals;
  /** The context of extensions that stand outside of any. */
  readonly looseContext: string;
}

export interface DialplanXml {
  readonly contexts: readonly WrittenContext[];
  /** Undefined where the XML has no profiles, gateways or users that say any. */
  readonly routes: WrittenRoutes | undefined;
  readonly findings: readonly Finding[];
}

/** Reads texts as if they were included one behind the other. @throws UnreadableXmlError where FreeSWITCH could not load it */
export function readDialplanXml(sources: readonly Source[], options: ReadXmlOptions): DialplanXml {
  const findings = new Findings();
  const globals = new Globals(options.globals);
  const preprocessed = preprocess(sources, { files: options.files, globals, findings });
  const extensions = new ExtensionReader(preprocessed, findings, options);
  const reader = new ContextReader(preprocessed, findings, extensions, options.looseContext);
  const roots = parseXml(preprocessed, findings);
  const contexts = reader.read(roots);
  extensions.reportDisabled();
  extensions.reportUnknownAttributes();
  extensions.reportKeptReferences();
  return { contexts, routes: readRoutes(roots, preprocessed, findings), findings: findings.all };
}
