/** `parkway convert`: FreeSWITCH's XML dialplan to a dialplan in JSON, and back. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { bytesOf } from '../bytes.js';
import { Findings, type Finding } from '../convert/finding.js';
import { nameExtensions, type DomainDocuments } from '../convert/name-extensions.js';
import type { Source } from '../convert/preprocess.js';
import { readDialplanXml } from '../convert/read-dialplan-xml.js';
import type { WrittenRoutes } from '../convert/read-routes.js';
import { systemFiles } from '../convert/system-files.js';
import { writeDialplanXml } from '../convert/write-dialplan-xml.js';
import { findInput, UnusableInputError } from './convert-input.js';
import { converting } from './converting.js';
import { dialplanAt } from './dialplan-at.js';
import { expandGlobs } from './find-files.js';
import { collectGlobal, givenGlobals, type GivenGlobal } from './given-globals.js';
import { counted, printFindings, type FindingFormat } from './print-findings.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { startProgress, type Progress } from './progress.js';
import { domainsOf, readStoredDomain } from './stored-contexts.js';
import { writeFiles } from './write-files.js';

interface ConvertOptions {
  readonly config?: string;
  readonly out?: string;
  readonly domain?: string;
  readonly context: string;
  readonly set: readonly GivenGlobal[];
  readonly globals?: string;
  readonly dropUnknown?: boolean;
  readonly skipDisabled?: boolean;
  readonly force?: boolean;
  readonly format: FindingFormat;
}

interface Converted {
  /** What it comes to on standard output. */
  readonly text: string;
  /** Files below `--out`, in the order in which they are to be written. */
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
  readonly done: string;
}

const DEFAULT_DOMAIN = 'default';
const ROUTE_KINDS = ['extension', 'gateway', 'profile'] as const;

export function addConvert(program: Command, finish: Finish): void {
  program
    .command('convert')
    .description("Turns FreeSWITCH's XML dialplan into a dialplan in JSON, or one in JSON into XML.")
    .argument(
      '<input...>',
      'XML: files, globs, a dialplan directory, a configuration directory, - for standard input; or one JSON dialplan: a directory, git:<revision>:<folder> or redis://…',
    )
    .option('--out <dir>', 'directory to write to (default: standard output)')
    .option('--domain <name>', 'from XML: the domain to write (default: default); from JSON: the only one to read')
    .option('--context <name>', 'where extensions go that are in no context', 'default')
    .option('--set <name=value>', 'a global variable of FreeSWITCH; may be repeated', collectGlobal, [])
    .option('--globals <file>', 'all of them, as fs_cli -x global_getvar prints them')
    .option('--drop-unknown', 'leave out attributes that FreeSWITCH does not read, such as uuid and order')
    .option('--skip-disabled', 'leave out what has enabled="false", as FusionPBX does and FreeSWITCH does not')
    .option('--force', 'replace files that are there already')
    .option('--config <file>', 'configuration file: the keys and limits of a Redis')
    .addOption(formatOption(['pretty', 'json']))
    .addHelpText(
      'after',
      `
XML is read as FreeSWITCH reads it, includes and $\${variables} too. Comments become descriptions, and descriptions comments.
Of a configuration directory the contexts of SIP profiles, gateways and users become routes.
Nothing is lost in silence: what the other form does not hold is named (✗), with file and line, on standard error.

Exit status: 0 all was carried over, 1 something was not, 2 it could not be read or written.

Examples:
  parkway convert /etc/freeswitch --out dialplan --domain example.com
  parkway convert /etc/freeswitch --globals globals.txt     after: fs_cli -x global_getvar > globals.txt
  parkway convert vars.xml dialplan/default.xml --set local_ip_v4=10.0.0.5
  fs_cli -x 'xml_locate dialplan' | parkway convert -
  parkway convert dialplan --out freeswitch/dialplan         JSON to XML`,
    )
    .action(async (inputs: readonly string[], options: ConvertOptions) => {
      finish(await converting(() => convert(inputs, options)));
    });
}

async function convert(inputs: readonly string[], options: ConvertOptions): Promise<number> {
  const progress = startProgress({ unit: 'files' });
  let converted: Converted;
  try {
    const input = findInput(await expandGlobs(inputs));
    converted =
      input.kind === 'xml' ? fromXml(input.sources, inputs, options, progress) : await fromStore(input.spec, options);
    if (options.out !== undefined) await write(options.out, converted.files, options.force === true, progress);
  } finally {
    progress.stop();
  }
  if (options.out === undefined) await new Output().writeText(Buffer.from(bytesOf(converted.text), 'latin1'));
  return printFindings(converted.findings, converted.done, options.format);
}

function fromXml(
  sources: readonly Source[],
  inputs: readonly string[],
  options: ConvertOptions,
  progress: Progress,
): Converted {
  const domain = options.domain ?? DEFAULT_DOMAIN;
  if (/^\.|[/\0]|^$/.test(domain)) {
    throw new UnusableInputError(`--domain: expected a name a folder can have, found ${JSON.stringify(domain)}`);
  }
  const read = readDialplanXml(sources, {
    files: {
      ...systemFiles,
      read(file) {
        progress.count();
        return systemFiles.read(file);
      },
    },
    globals: givenGlobals(options.set, options.globals),
    looseContext: options.context,
    dropUnknown: options.dropUnknown === true,
    skipDisabled: options.skipDisabled === true,
  });
  if (read.contexts.length === 0) {
    for (const { where, message } of read.findings) process.stderr.write(`✗ ${where}: ${message}\n`);
    throw new UnusableInputError(`${inputs.join(', ')}: expected a <context> or an <extension>, found none`);
  }
  const findings = new Findings();
  const documents = nameExtensions(read.contexts, findings);
  const { extensions, contexts } = documents;
  const routes = read.routes === undefined ? undefined : routesDocument(read.routes);
  const counts = [
    counted(contexts.size, 'context', 'contexts'),
    counted(extensions.size, 'extension', 'extensions'),
    ...(read.routes === undefined ? [] : [counted(routeCount(read.routes), 'route', 'routes')]),
  ];
  return {
    text: json({ contexts: Object.fromEntries(contexts), extensions: Object.fromEntries(extensions), routes }),
    files: storeFiles(domain, documents, routes),
    findings: [...read.findings, ...findings.all],
    done: counts.join(', '),
  };
}

/** Extensions first, routes last: nothing must be named that is not there yet. */
function storeFiles(
  domain: string,
  { extensions, contexts }: DomainDocuments,
  routes: object | undefined,
): Map<string, string> {
  const files = [...extensions].map(
    ([name, document]) => [path.join(domain, 'extensions', `${name}.json`), json(document)] as const,
  );
  return new Map([
    ...files,
    [path.join(domain, 'contexts.json'), json(Object.fromEntries(contexts))],
    ...(routes === undefined ? [] : [[path.join(domain, 'routes.json'), json(routes)] as const]),
  ]);
}

function routesDocument(routes: WrittenRoutes): object {
  const tables = ROUTE_KINDS.filter((kind) => routes[kind].size > 0);
  return Object.fromEntries(tables.map((kind) => [kind, Object.fromEntries(routes[kind])]));
}

function routeCount(routes: WrittenRoutes): number {
  return ROUTE_KINDS.reduce((count, kind) => count + routes[kind].size, 0);
}

async function fromStore(spec: string, { config, domain }: ConvertOptions): Promise<Converted> {
  const { documents } = await dialplanAt(spec, config);
  const all = domainsOf(documents);
  const wanted = domain === undefined ? all : all.filter((name) => name.toLowerCase() === domain.toLowerCase());
  if (wanted.length === 0) {
    throw new UnusableInputError(`--domain: ${spec} has no domain "${String(domain)}"; it has ${all.join(', ')}`);
  }
  const findings = new Findings();
  const files = new Map<string, string>();
  const texts: string[] = [];
  let contextCount = 0;
  for (const name of wanted) {
    const { contexts, unused, routesAt } = readStoredDomain(documents, name, findings);
    for (const { placeOf } of unused) findings.loss(placeOf(''), 'no context names this extension; left out');
    if (routesAt !== undefined) {
      const message = 'routes are not part of an XML dialplan: FreeSWITCH has them in its profiles, gateways and users';
      findings.loss(routesAt, message);
    }
    contextCount += contexts.length;
    texts.push(writeDialplanXml(contexts, findings));
    for (const context of contexts) {
      const folder = wanted.length === 1 ? '' : name;
      files.set(freeFile(folder, context.name, files), writeDialplanXml([context], new Findings()));
    }
  }
  return { text: texts.join(''), files, findings: findings.all, done: counted(contextCount, 'context', 'contexts') };
}

/** A path for a context's file that no other has. */
function freeFile(folder: string, context: string, taken: ReadonlyMap<string, string>): string {
  const name = context.replace(/[/\0]|^\.|^$/g, '_');
  let file = path.join(folder, `${name}.xml`);
  for (let number = 2; taken.has(file); number += 1) file = path.join(folder, `${name} ${number}.xml`);
  return file;
}

async function write(
  directory: string,
  files: ReadonlyMap<string, string>,
  force: boolean,
  progress: Progress,
): Promise<void> {
  const contents = [...files].map(
    ([file, text]) => [path.join(directory, file), Buffer.from(bytesOf(text), 'latin1')] as const,
  );
  progress.expect(files.size);
  await writeFiles(new Map(contents), force, () => {
    progress.count();
    progress.advance(1);
  });
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
