/** The flags that override the configuration, the same for every command that reads it. */
import process from 'node:process';
import type { Command } from 'commander';
import { Option } from 'commander';
import { loadConfiguration, type LoadedConfiguration } from '../configuration.js';

type Options = Readonly<Record<string, unknown>>;

interface Flag {
  readonly option: Option;
  /** Which value of the configuration it sets. */
  readonly path: string;
}

const FLAGS: readonly Flag[] = [
  { path: 'listen', option: new Option('--listen <host:port>', "where FreeSWITCH's socket application connects to") },
  { path: 'store.url', option: new Option('--store <dir|url>', 'directory with the dialplan, or redis://host') },
  { path: 'stateDir', option: new Option('--state-dir <dir>', 'where the last good dialplan from Redis is kept') },
  { path: 'store.require', option: new Option('--require-store', 'do not start while the store is away') },
  { path: 'store.acceptEmpty', option: new Option('--accept-empty', 'take a store that is empty for what it is') },
  { path: 'domain', option: new Option('--domain <name>', 'domain of calls that name none') },
  {
    path: 'allow',
    option: new Option('--allow <networks>', 'networks FreeSWITCH may connect from, comma separated').argParser(
      (text) => text.split(',').map((network) => network.trim()),
    ),
  },
  { path: 'maxCalls', option: new Option('--max-calls <n>', 'calls controlled at one time').argParser(numberOrText) },
  { path: 'onError', option: new Option('--on-error <ending>', 'resume, or hangup:<CAUSE>') },
  {
    path: 'drainSeconds',
    option: new Option('--drain-seconds <n>', 'how long calls may go on when stopped').argParser(numberOrText),
  },
  {
    path: 'supervisor.listen',
    option: new Option('--supervisor <host:port>', 'where the page for supervisors is served, or off'),
  },
  { path: 'capture.dir', option: new Option('--capture <dir>', 'keep every call in files there, for parkway replay') },
  { path: 'log.level', option: new Option('--log-level <level>', 'debug, info, warn or error') },
  { path: 'log.file', option: new Option('--log-file <file>', 'JSON logs go there besides, rotated and compressed') },
  { path: 'log.format', option: new Option('--log-format <format>', 'auto, pretty or json') },
];

/** What is no number stays as it was typed, so that the complaint about it can quote it. */
function numberOrText(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}

/** Adds `--config` and the flags that override it. */
export function addConfigurationFlags(command: Command): Command {
  command.option('--config <file>', 'configuration file (default: parkway.yaml or parkway.json here, if there is one)');
  for (const { option } of FLAGS) command.addOption(option);
  return command;
}

/** The effective configuration for a command's options. @throws ConfigurationError */
export function configurationOf(options: Options): LoadedConfiguration {
  return loadConfiguration({
    file: options['config'] as string | undefined,
    environment: process.env,
    flags: FLAGS.flatMap(({ option, path }) => {
      const value = options[option.attributeName()];
      return value === undefined ? [] : [{ path, value, flag: option.long ?? option.flags }];
    }),
  });
}
