/** The effective configuration: defaults, overridden by a file, by the environment, by flags; each value with its source. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pointerTo } from './dialplan/pointer.js';
import { located } from './dialplan/position.js';
import type { Problem } from './dialplan/problem.js';
import { createValidator, suggestion } from './dialplan/validate.js';
import { parseYaml, UnusableYamlError, type YamlFile } from './dialplan/yaml-file.js';
import { blockListOf } from './esl/listener.js';

export interface Configuration {
  readonly listen: string;
  readonly allow: readonly string[];
  readonly maxCalls: number;
  readonly store: StoreConfiguration;
  /** Undefined where there is none: nothing is kept for a start without Redis. */
  readonly stateDir: string | undefined;
  readonly domain: string | undefined;
  readonly onNoRoute: string;
  readonly afterLast: string;
  readonly onError: string;
  readonly onExcess: string;
  readonly drainSeconds: number;
  readonly session: {
    readonly connectTimeoutSeconds: number;
    readonly lingerSeconds: number;
    readonly startTimeoutSeconds: number;
  };
  readonly dialplan: {
    readonly neutraliseCaptures: boolean;
    readonly matchLimit: number;
    readonly timezone: string;
  };
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly format: 'auto' | 'pretty' | 'json';
    readonly maskNumbers: boolean;
    readonly file: string | undefined;
    readonly maxBytes: number;
    readonly days: number;
    readonly syslog: string | undefined;
  };
  readonly supervisor: {
    readonly listen: string;
    readonly token: string | undefined;
    readonly administratorToken: string | undefined;
    readonly userHeader: string | undefined;
    readonly proxies: readonly string[];
    readonly administrators: readonly string[];
    readonly maskNumbers: boolean;
    readonly history: number;
  };
  readonly capture: {
    readonly dir: string | undefined;
    readonly sample: number;
    readonly mask: boolean;
    readonly maxBytes: number;
    readonly days: number;
  };
}

export interface StoreConfiguration {
  /** A directory or a Redis URL. */
  readonly url: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly domains: readonly string[];
  readonly keys: Readonly<
    Record<'extension' | 'extensionAlias' | 'context' | 'route' | 'history' | 'acceptEmpty', string>
  >;
  readonly emptyGuard: boolean;
  readonly acceptEmpty: boolean;
  readonly require: boolean;
  readonly startSeconds: number;
  readonly pollSeconds: number;
  readonly historyLength: number;
  readonly limits: Readonly<Record<'fields' | 'valueBytes' | 'keyBytes' | 'totalBytes' | 'domains', number>>;
  readonly hashGet: { readonly prefixes: readonly string[]; readonly timeoutMs: number };
}

/** One value, by its path such as `log.level`, and where it comes from: `default`, a file, a variable, a flag. */
export interface ConfigurationEntry {
  readonly path: string;
  readonly value: unknown;
  readonly source: string;
  /** Where in its source it stands, for what is wrong with it: `file:line:column`. */
  readonly place?: string;
}

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly entries: readonly ConfigurationEntry[];
}

/** What is wrong with a configuration, a line for each. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
  }
}

export interface ConfigurationInput {
  /** `--config`; without it `parkway.yaml`, `.yml` or `.json` of the working directory, if there is one. */
  readonly file: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values by path, and the flag each was given with. */
  readonly flags: readonly { readonly path: string; readonly value: unknown; readonly flag: string }[];
}

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly default?: unknown;
  /** Never to be shown. */
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

const ENVIRONMENT_PREFIX = 'PARKWAY_';
const FILE_NAMES = ['parkway.yaml', 'parkway.yml', 'parkway.json'];
/** A group of which most need but one value may be written as that value. */
const SHORT_FORMS: Readonly<Record<string, string>> = { store: 'store.url' };
const USUAL_STATE_DIRECTORY = '/var/lib/parkway';
const EXAMPLE_STORE = fileURLToPath(new URL('../examples/dialplan', import.meta.url));

const schema = createRequire(import.meta.url)('../schema/configuration.schema.json') as SchemaNode & object;
const validator = createValidator<object>(schema, { unknownKey: 'error' });
const leaves = leavesOf(schema, '');

/** @throws {@link ConfigurationError} */
export function loadConfiguration(input: ConfigurationInput): LoadedConfiguration {
  const problems: string[] = [];
  const entries = new Map<string, ConfigurationEntry>();
  for (const [leaf, node] of leaves) entries.set(leaf, { path: leaf, value: node.default, source: 'default' });
  for (const entry of [...machineDefaults(input.environment), ...fileEntries(input.file, problems)])
    entries.set(entry.path, entry);
  for (const entry of environmentEntries(input.environment, problems)) entries.set(entry.path, entry);
  for (const { path: leaf, value, flag } of input.flags) entries.set(leaf, { path: leaf, value, source: flag });
  const configuration = nest([...entries.values()].filter(({ value }) => value !== undefined)) as Configuration;
  problems.push(...checkValues(configuration, entries));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { configuration, entries: [...entries.values()] };
}

/** An entry's value as it may be shown: no token, no password. */
export function showEntry({ path: leaf, value }: Pick<ConfigurationEntry, 'path' | 'value'>): string {
  return value !== undefined && leaves.get(leaf)?.writeOnly === true ? '***' : showValue(value);
}

/** A value as it may be shown: without passwords, in a URL or in options. */
export function showValue(value: unknown): string {
  if (value === undefined) return '(not set)';
  return withoutPassword(JSON.stringify(value)).replace(
    /("\w*(?:password|passphrase)":)"(?:[^"\\]|\\.)*"/gi,
    '$1"***"',
  );
}

/** Text that may hold a URL, without the URL's password. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/[^/@":]*):[^/"]*@/g, '$1:***@');
}

function machineDefaults({ STATE_DIRECTORY: given }: ConfigurationInput['environment']): ConfigurationEntry[] {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const usual = existsSync(USUAL_STATE_DIRECTORY) ? USUAL_STATE_DIRECTORY : undefined;
  return [
    given === undefined
      ? { path: 'stateDir', value: usual, source: 'default' }
      : { path: 'stateDir', value: given.split(':')[0], source: 'STATE_DIRECTORY' },
    { path: 'store.url', value: EXAMPLE_STORE, source: 'default, the example dialplan' },
    { path: 'dialplan.timezone', value: timeZone, source: "default, this server's" },
  ];
}

function fileEntries(given: string | undefined, problems: string[]): ConfigurationEntry[] {
  const file = given ?? FILE_NAMES.find((name) => existsSync(name));
  if (file === undefined) return [];
  const read = readFile(file, problems);
  if (read?.value === undefined) return [];
  const { value, positionOf } = read;
  const placeOf = (pointer: string): string => located(file, positionOf(pointer));
  const invalid = validator.validateValue(value).problems;
  problems.push(...invalid.map((problem) => describe(placeOf(problem.path), problem)));
  if (invalid.length > 0) return [];
  return flatten(value as Record<string, unknown>).map((entry) => ({
    ...entry,
    source: file,
    place: placeOf(pointerTo(...entry.path.split('.'))),
  }));
}

function readFile(file: string, problems: string[]): YamlFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(`${file}: ${code === 'ENOENT' ? 'there is no such file' : message}`);
    return undefined;
  }
  try {
    return parseYaml(file, text);
  } catch (error) {
    if (!(error instanceof UnusableYamlError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function flatten(value: Record<string, unknown>, prefix = ''): Pick<ConfigurationEntry, 'path' | 'value'>[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${prefix}${key}`;
    if (key === '$schema') return [];
    const short = SHORT_FORMS[here];
    if (short !== undefined && typeof inner === 'string') return [{ path: short, value: inner }];
    return leaves.has(here) ? [{ path: here, value: inner }] : flatten(inner as Record<string, unknown>, `${here}.`);
  });
}

function environmentEntries(environment: ConfigurationInput['environment'], problems: string[]): ConfigurationEntry[] {
  const byVariable = new Map([...leaves].map(([leaf, node]) => [variableFor(leaf), { leaf, node }] as const));
  for (const [short, leaf] of Object.entries(SHORT_FORMS)) byVariable.set(variableFor(short), { leaf, node: {} });
  return Object.entries(environment).flatMap(([variable, text]) => {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || text === undefined) return [];
    const known = byVariable.get(variable);
    if (known === undefined) {
      problems.push(`environment: unknown variable ${variable}${suggestion(variable, [...byVariable.keys()])}`);
      return [];
    }
    return [{ path: known.leaf, value: valueOfText(text, known.node), source: variable }];
  });
}

/** `log.maskNumbers` → `PARKWAY_LOG_MASK_NUMBERS` */
function variableFor(leaf: string): string {
  const words = leaf.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter}`);
  return ENVIRONMENT_PREFIX + words.toUpperCase();
}

/** Text that is not of the type stays text, which the schema then complains of. */
function valueOfText(text: string, { type }: SchemaNode): unknown {
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && !Number.isNaN(Number(text))) {
    return Number(text);
  }
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  if (type === 'object') {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return text;
}

function checkValues(configuration: Configuration, entries: ReadonlyMap<string, ConfigurationEntry>): string[] {
  const sourceOf = (leaf: string): string => {
    const { place, source = '' } = entries.get(leaf) ?? {};
    return place ?? source;
  };
  const problems = validator.validateValue(configuration).problems.map((problem) => {
    const leaf = leafOfPointer(problem.path);
    return describe(sourceOf(leaf), problem);
  });
  if (problems.length > 0) return problems;
  const { port } = parseListen(configuration.listen);
  if (port > 65_535) problems.push(`${sourceOf('listen')}: listen: expected a port up to 65535, found ${port}`);
  try {
    blockListOf(configuration.allow);
  } catch (error) {
    problems.push(`${sourceOf('allow')}: allow: ${(error as Error).message}`);
  }
  problems.push(...checkSupervisor(configuration.supervisor, sourceOf));
  if (!isTimeZone(configuration.dialplan.timezone)) {
    const found = JSON.stringify(configuration.dialplan.timezone);
    problems.push(
      `${sourceOf('dialplan.timezone')}: dialplan.timezone: expected a zone such as "Asia/Shanghai", found ${found}`,
    );
  }
  return problems;
}

const OFF = 'off';
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/i;

function checkSupervisor(
  { listen, token, administratorToken, userHeader, proxies }: Configuration['supervisor'],
  sourceOf: (leaf: string) => string,
): string[] {
  const problems: string[] = [];
  const source = sourceOf('supervisor.listen');
  try {
    blockListOf(proxies);
  } catch (error) {
    problems.push(`${sourceOf('supervisor.proxies')}: supervisor.proxies: ${(error as Error).message}`);
  }
  if (listen === OFF) return problems;
  const { host, port } = parseListen(listen);
  if (port > 65_535) problems.push(`${source}: supervisor.listen: expected a port up to 65535, found ${port}`);
  const isOpen = token === undefined && administratorToken === undefined && userHeader === undefined;
  if (isOpen && !LOOPBACK.test(host)) {
    problems.push(
      `${source}: supervisor.listen: ${host} is no loopback address: expected supervisor.token, ` +
        'supervisor.administratorToken or supervisor.userHeader to be set, so that not everyone reads every call',
    );
  }
  return problems;
}

/** Where supervisors read; undefined where it is switched off. */
export function supervisorListen({ supervisor }: Configuration): { host: string; port: number } | undefined {
  return supervisor.listen === OFF ? undefined : parseListen(supervisor.listen);
}

/** `host:port`, `[ipv6]:port` or a port of 127.0.0.1. */
export function parseListen(listen: string): { host: string; port: number } {
  const at = listen.lastIndexOf(':');
  const host = at < 0 ? '127.0.0.1' : listen.slice(0, at).replace(/^\[|\]$/g, '');
  return { host, port: Number(listen.slice(at + 1)) };
}

/** A host and port as they are written, an IPv6 address in brackets. */
export function formatListen(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function describe(source: string, { path: pointer, message }: Problem): string {
  const leaf = pointer.replace(/^\//, '').replaceAll('/', '.');
  return `${source}: ${leaf === '' ? '' : `${leaf}: `}${message}`;
}

function leafOfPointer(pointer: string): string {
  const keys = pointer.split('/').slice(1);
  while (keys.length > 1 && !leaves.has(keys.join('.'))) keys.pop();
  return keys.join('.');
}

function leavesOf(node: SchemaNode, prefix: string): Map<string, SchemaNode> {
  return new Map(
    Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
      if (key === '$schema') return [];
      const here = `${prefix}${key}`;
      return inner.properties === undefined ? [[here, inner] as const] : [...leavesOf(inner, `${here}.`)];
    }),
  );
}

function nest(entries: readonly ConfigurationEntry[]): object {
  const root: Record<string, unknown> = {};
  for (const { path: leaf, value } of entries) {
    const keys = leaf.split('.');
    const last = keys.pop() as string;
    let place = root;
    for (const key of keys) place = (place[key] ??= {}) as Record<string, unknown>;
    place[last] = value;
  }
  return root;
}

/** The directory a store names, as the system knows it. */
export function storeDirectory(store: string): string {
  return path.resolve(store);
}
