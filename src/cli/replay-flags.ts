/** The flags of commands that hunt recorded calls: which dialplan, what is changed, who answers. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { bytesOf } from '../bytes.js';
import { readClock } from '../dialplan/time-zone.js';
import type { Override } from '../replay/override.js';
import { isTime } from '../replay/read-time.js';

export interface ReplayFlags {
  readonly config?: string;
  readonly store?: string;
  readonly domain?: string;
  readonly context?: string;
  readonly callerContext?: boolean;
  readonly destination?: string;
  readonly set: readonly Override[];
  readonly now?: string;
  readonly timezone?: string;
  readonly answers?: string;
  readonly globals?: string;
  readonly freeswitch?: { readonly host: string; readonly port: number };
  readonly password: string;
  readonly allowApi: readonly string[];
}

const DEFAULT_PASSWORD = 'ClueCon';

export function addReplayFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file (default: parkway.yaml or parkway.json here, if there is one)')
    .option('--store <dialplan>', 'directory, git:<revision>:<folder>, or redis://host (default: as configured)')
    .option('--domain <name>', 'domain of calls that name none')
    .option('--context <name>', 'instead of the context the routes choose')
    .addOption(callerContextOption().conflicts('context'))
    .option('--destination <number>', 'instead of the number that was called')
    .option(
      '--set <name=value>',
      'a caller profile field or a variable; empty removes it; may be repeated',
      anOverride,
      [],
    )
    .option('--now <time>', 'when: 2026-11-25T18:30, in the zone of --timezone, or "now"', aTime)
    .option('--timezone <zone>', "the zone FreeSWITCH's server is set to, such as Asia/Shanghai", aZone)
    .option('--answers <file>', 'what API functions and global variables answer, YAML or JSON')
    .option('--globals <file>', "FreeSWITCH's vars.xml, or what global_getvar prints")
    .option('--freeswitch <host:port>', 'a running FreeSWITCH to ask what nothing else answers', aPeer)
    .option('--password <password>', 'of its event socket', DEFAULT_PASSWORD)
    .option('--allow-api <name>', 'an API function it may be asked although it could do something', collect, []);
}

/** For dialplans that came from FreeSWITCH, of which the routes are not all that chooses a context. */
export function callerContextOption(): Option {
  return new Option(
    '--caller-context',
    'hunt in the context FreeSWITCH had the call in, not the one the routes choose',
  );
}

export const ANSWERS_HELP = `
Answers come from the recording, from --answers, from --globals, from what follows from the arguments alone (cond, expr, regex,
replace, strftime, strftime_tz, md5, toupper, tolower), from --freeswitch. What none of them knows is reported, and counts as
none. An answers file:

  globals: { timezone: Asia/Shanghai, auto_hunt: null }
  api: { '\${hash(select/vip/1001)}': gold }`;

function anOverride(text: string, before: readonly Override[]): readonly Override[] {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InvalidArgumentError('expected name=value');
  return [...before, { name: bytesOf(text.slice(0, equals)), value: bytesOf(text.slice(equals + 1)) }];
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text.toLowerCase()];
}

function aPeer(text: string): { host: string; port: number } {
  const [, host, port] = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined) throw new InvalidArgumentError('expected host:port, such as 127.0.0.1:8021');
  return { host, port: Number(port) };
}

function aZone(text: string): string {
  if (readClock(0, text) === undefined) throw new InvalidArgumentError('expected a time zone such as Europe/Berlin');
  return text;
}

function aTime(text: string): string {
  if (!isTime(text)) throw new InvalidArgumentError('expected a time such as 2026-11-25T18:30, or "now"');
  return text;
}
