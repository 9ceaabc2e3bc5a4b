/** What lint is told about an installation: `parkway-lint.yaml`. */
import { createRequire } from 'node:module';
import { createValidator, type Validated } from '../dialplan/validate.js';

export interface LintSettings {
  /** Applications of modules that are not FreeSWITCH's own. */
  readonly applications: readonly string[];
  /** Contexts that something else leads to: the socket application's path, another system's transfer. */
  readonly contexts: readonly string[];
  /** Findings that are passed over, and why. */
  readonly ignore: readonly IgnoreEntry[];
  readonly tollFraud: TollFraudSettings;
}

export interface IgnoreEntry {
  readonly code: string;
  readonly reason: string;
  readonly domain?: string;
  readonly extension?: string;
  /** A JSON pointer: what it points to and all that is in it. */
  readonly path?: string;
}

export interface TollFraudSettings {
  /** SIP profiles whose calls are not authenticated. */
  readonly profiles: readonly string[];
  /** Contexts that strangers reach besides those of gateways and of these profiles. */
  readonly contexts: readonly string[];
  /** PCRE2 patterns of dial strings that call out. */
  readonly callOut: readonly string[];
  readonly allow: readonly AllowEntry[];
}

/** Lets calls of one context call out by one extension, until a day. */
export interface AllowEntry {
  readonly context: string;
  readonly extension: string;
  readonly domain?: string;
  readonly reason: string;
  /** The last day it counts, `YYYY-MM-DD`. */
  readonly until: string;
}

type SettingsDocument = Partial<Omit<LintSettings, 'tollFraud'>> & { readonly tollFraud?: Partial<TollFraudSettings> };

export const DEFAULT_SETTINGS: LintSettings = {
  applications: [],
  contexts: [],
  ignore: [],
  tollFraud: {
    profiles: ['external', 'external-ipv6'],
    contexts: ['public'],
    callOut: ['^sofia/gateway/', '^freetdm/', '^dingaling/', '^verto\\.rtc/'],
    allow: [],
  },
};

const schema = createRequire(import.meta.url)('../../schema/lint.schema.json') as object;
const validator = createValidator<SettingsDocument>(schema, { unknownKey: 'error' });

/** Validates settings; what they do not say is as {@link DEFAULT_SETTINGS} has it. */
export function readSettings(value: unknown): Validated<LintSettings> {
  const { document, problems } = validator.validateValue(value);
  if (document === undefined) return { document, problems };
  const tollFraud = { ...DEFAULT_SETTINGS.tollFraud, ...document.tollFraud };
  return { document: { ...DEFAULT_SETTINGS, ...document, tollFraud }, problems };
}
