/** `parkway doctor`: one page about whether all is well with what Parkway needs. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import process from 'node:process';
import { Option, type Command } from 'commander';
import { textOf } from '../bytes.js';
import { formatListen, parseListen, type Configuration } from '../configuration.js';
import { socketTargets } from '../convert/socket-targets.js';
import { pcre2Version } from '../dialplan/pcre2.js';
import { placeOf } from '../dialplan/place-of.js';
import { askFreeSwitch } from '../esl/ask-free-switch.js';
import type { DocumentText } from '../routes/document.js';
import { readDialplan } from '../routes/read-dialplan.js';
import { isRedisUrl } from '../routes/redis/connection.js';
import { readOnce } from '../routes/redis/read-once.js';
import type { DocumentProblem, Snapshot } from '../routes/snapshot.js';
import { DialplanStore } from '../routes/store.js';
import { addConfigurationFlags, configurationOf } from './configuration-flags.js';
import { EXIT_FINDINGS, EXIT_OK } from './exit-codes.js';
import type { Finish } from './program.js';

interface Line {
  /** `ok`, or `bad` for what makes the exit status 1. */
  readonly is: 'ok' | 'bad' | 'note';
  readonly text: string;
}

const SIGNS: Readonly<Record<Line['is'], string>> = { ok: '✓', bad: '✗', note: '!' };
/** Refused documents that are listed. */
const MOST_LISTED = 50;
/** Of FreeSWITCH's contexts and hosts. */
const MOST_NAMED = 10;
const EVENT_SOCKET_PORT = 8021;

export function addDoctor(program: Command, finish: Finish): void {
  const command = program
    .command('doctor')
    .description(
      'Looks at all that Parkway needs and prints one page: store, documents, port, PCRE2, clock, FreeSWITCH.',
    )
    .addOption(
      new Option('--freeswitch <host:port>', "a FreeSWITCH's own event socket, to see whether its dialplan leads here"),
    )
    .addOption(new Option('--password <text>', "that event socket's password").default('ClueCon', "FreeSWITCH's own"));
  addConfigurationFlags(command)
    .addHelpText(
      'after',
      `
Exit status: 0 all well, 1 something is not, 2 the configuration cannot be read.

Examples:
  parkway doctor --store redis://localhost
  parkway doctor --config /etc/parkway/parkway.yaml --freeswitch 127.0.0.1:8021 --password ClueCon`,
    )
    .action(async (options: Record<string, unknown>) => {
      finish(await doctor(options));
    });
}

/** @throws ConfigurationError */
async function doctor(options: Readonly<Record<string, unknown>>): Promise<number> {
  const { configuration } = configurationOf(options);
  const lines = [
    ...(await storeLines(configuration)),
    await portLine(configuration.listen),
    pcre2Line(),
    ...clockLines(configuration.dialplan.timezone),
    ...(await freeSwitchLines(options, configuration.listen)),
  ];
  for (const { is, text } of lines) process.stdout.write(`${SIGNS[is]} ${text}\n`);
  return lines.some(({ is }) => is === 'bad') ? EXIT_FINDINGS : EXIT_OK;
}

async function storeLines({ store, stateDir }: Configuration): Promise<Line[]> {
  try {
    if (!isRedisUrl(store.url)) {
      const { documents, snapshot } = await readDialplan(store.url);
      return [{ is: 'ok', text: `store ${store.url}: files, watched` }, ...documentLines(documents, snapshot)];
    }
    const { documents, problems, invalidation, name } = await readOnce(store);
    const dialplan = new DialplanStore();
    dialplan.update(documents, problems);
    const how: Line =
      invalidation.mode === 'tracking'
        ? { is: 'ok', text: 'changes are told by client tracking, at once' }
        : { is: 'note', text: `changes are found by ${invalidation.mode}: ${invalidation.reason}` };
    const saved: Line =
      stateDir === undefined
        ? { is: 'note', text: 'no stateDir: nothing to route by after a start while Redis is away' }
        : { is: 'ok', text: `the last good dialplan is kept in ${stateDir}` };
    return [
      { is: 'ok', text: `store ${name} is reachable` },
      how,
      saved,
      ...documentLines(documents, dialplan.snapshot),
    ];
  } catch (error) {
    return [{ is: 'bad', text: `store: ${(error as Error).message}` }];
  }
}

function documentLines(documents: ReadonlyMap<string, DocumentText>, { domains, problems }: Snapshot): Line[] {
  const lines: Line[] = [];
  if (domains.size === 0) lines.push({ is: 'bad', text: 'the dialplan has no domain: every call will find no route' });
  for (const { name, contexts } of domains.values()) {
    const own = [...documents.values()].filter(({ domain }) => domain === name);
    const extensions = own.filter(({ kind }) => kind === 'extension').length;
    const lists = [...contexts.values()].map((context) => `${context.name} (${context.extensions.length})`);
    const routed = own.some(({ kind }) => kind === 'routes') ? 'routes' : 'no routes';
    lines.push({
      is: 'ok',
      text: `domain ${name}: ${extensions} extensions; contexts ${lists.join(', ') || 'none'}; ${routed}`,
    });
  }
  const shown = problems.slice(0, MOST_LISTED).map(problemLine);
  if (problems.length > shown.length) shown.push({ is: 'note', text: `… and ${problems.length - shown.length} more` });
  return [...lines, ...shown];
}

function problemLine(problem: DocumentProblem): Line {
  const { severity, message } = problem;
  return { is: severity === 'error' ? 'bad' : 'note', text: `${placeOf(problem)}: ${message}` };
}

async function portLine(listen: string): Promise<Line> {
  const { host, port } = parseListen(listen);
  const address = formatListen(host, port);
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return { is: 'ok', text: `${address} is free to listen on` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      return { is: 'note', text: `${address} is in use: by a Parkway that runs, or by another program` };
    return { is: 'bad', text: `${address}: ${message}` };
  } finally {
    server.close();
  }
}

function pcre2Line(): Line {
  try {
    return { is: 'ok', text: `PCRE2 ${pcre2Version()}` };
  } catch (error) {
    return { is: 'bad', text: (error as Error).message };
  }
}

function clockLines(timezone: string): Line[] {
  const now = new Date();
  const there = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'long' }).format(
    now,
  );
  return [{ is: 'ok', text: `clock: ${now.toISOString()}, in FreeSWITCH's zone ${timezone} ${there}` }];
}

async function freeSwitchLines(options: Readonly<Record<string, unknown>>, listen: string): Promise<Line[]> {
  const given = options['freeswitch'] as string | undefined;
  if (given === undefined) return [];
  const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(given) ?? [];
  const address = { host, port: Number(port ?? EVENT_SOCKET_PORT) };
  let xml: string;
  try {
    xml = textOf(await askFreeSwitch(address, String(options['password']), 'xml_locate dialplan'));
  } catch (error) {
    return [{ is: 'bad', text: `FreeSWITCH at ${given}: ${(error as Error).message}` }];
  }
  const { port: own } = parseListen(listen);
  const targets = socketTargets(xml);
  const leadingHere = targets.filter((target) => target.port === own);
  if (leadingHere.length > 0) {
    const hosts = unique(leadingHere.map((target) => formatListen(target.host, target.port)));
    const contexts = unique(leadingHere.map(({ context }) => context));
    const text = `FreeSWITCH at ${given}: its dialplan leads to ${hosts}, from the contexts ${contexts}`;
    return [{ is: 'ok', text }];
  }
  const others = unique(targets.map((target) => formatListen(target.host, target.port)));
  const found = targets.length === 0 ? 'it has no socket action' : `its socket actions lead to ${others}`;
  return [{ is: 'bad', text: `FreeSWITCH at ${given}: its dialplan does not lead to port ${own}; ${found}` }];
}

function unique(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length - MOST_NAMED;
  return `${all.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
