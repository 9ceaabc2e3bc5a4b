/** `parkway export-xml`: a context as the file FreeSWITCH would load. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { bytesOf } from '../bytes.js';
import { loadConfiguration } from '../configuration.js';
import { Findings } from '../convert/finding.js';
import { writeDialplanXml } from '../convert/write-dialplan-xml.js';
import { lowerCase } from '../dialplan/c-values.js';
import { suggestion } from '../dialplan/validate.js';
import { UnusableInputError } from './convert-input.js';
import { converting } from './converting.js';
import { dialplanAt } from './dialplan-at.js';
import { counted, printFindings, type FindingFormat } from './print-findings.js';
import { formatOption, Output } from './output.js';
import type { Finish } from './program.js';
import { domainsOf, readStoredDomain } from './stored-contexts.js';
import { writeFiles } from './write-files.js';

interface ExportOptions {
  readonly config?: string;
  readonly store?: string;
  readonly domain?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly format: FindingFormat;
}

export function addExportXml(program: Command, finish: Finish): void {
  program
    .command('export-xml')
    .description("Composes a context's extensions, in order, into the XML file FreeSWITCH would load.")
    .argument('<context>', "the context's name")
    .option(
      '--store <spec>',
      'the dialplan: a directory, git:<revision>:<folder>, or redis://… (default: the configured one)',
    )
    .option('--domain <name>', 'which domain, where there are several (default: the configured one)')
    .option('--config <file>', 'configuration file')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--force', 'replace the file if it is there already')
    .addOption(formatOption(['pretty', 'json']))
    .addHelpText(
      'after',
      `
FreeSWITCH hunts the file exactly as Parkway hunts the context. Descriptions become comments.

Exit status: 0 all was carried over, 1 something was not, 2 it could not be read or written.

Examples:
  parkway export-xml default
  parkway export-xml default --store dialplan --domain example.com --out /etc/freeswitch/dialplan/default.xml
  parkway export-xml default --store git:HEAD~1:dialplan`,
    )
    .action(async (context: string, options: ExportOptions) => {
      finish(await converting(() => exportXml(context, options)));
    });
}

async function exportXml(wanted: string, options: ExportOptions): Promise<number> {
  const { store, domain: named } =
    options.store === undefined ? configured(options) : { ...options, store: options.store };
  const { documents } = await dialplanAt(store, options.config);
  const domain = chooseDomain(named, domainsOf(documents), store);
  const findings = new Findings();
  const { contexts } = readStoredDomain(documents, domain, findings);
  const context = contexts.find(({ name }) => lowerCase(name) === lowerCase(wanted));
  if (context === undefined) {
    const names = contexts.map(({ name }) => name);
    throw new UnusableInputError(
      `domain ${domain} has no context "${wanted}"${suggestion(wanted, names)}; it has ${names.join(', ') || 'none'}`,
    );
  }
  const xml = Buffer.from(bytesOf(writeDialplanXml([context], findings)), 'latin1');
  if (options.out === undefined) await new Output().writeText(xml);
  else await writeFiles(new Map([[path.normalize(options.out), xml]]), options.force === true);
  const done = `context ${context.name}: ${counted(context.extensions.length, 'extension', 'extensions')}`;
  return printFindings(findings.all, done, options.format);
}

/** The store that the daemon would serve, and its domain. */
function configured({ config, domain }: ExportOptions): {
  readonly store: string;
  readonly domain?: string | undefined;
} {
  const { configuration } = loadConfiguration({ file: config, environment: process.env, flags: [] });
  return { store: configuration.store.url, domain: domain ?? configuration.domain };
}

function chooseDomain(wanted: string | undefined, domains: readonly string[], store: string): string {
  if (wanted === undefined && domains.length === 1) return domains[0] as string;
  const found = domains.find((name) => wanted !== undefined && lowerCase(name) === lowerCase(wanted));
  if (found !== undefined) return found;
  const problem = wanted === undefined ? 'expected --domain, for there are several' : `there is no domain "${wanted}"`;
  throw new UnusableInputError(`${store}: ${problem}; it has ${domains.join(', ')}`);
}
