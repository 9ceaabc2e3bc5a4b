/** `parkway serve`: the daemon. */
import path from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import type { Logger } from 'winston';
import { startApp, type App } from '../app.js';
import type { Configuration } from '../configuration.js';
import { expectWritableDirectory } from '../disk/expect-writable-directory.js';
import { addConfigurationFlags, configurationOf } from './configuration-flags.js';
import { exitAtOnce } from './exit-at-once.js';
import { openLogs } from './open-logs.js';
import { EXIT_COULD_NOT_RUN, EXIT_OK } from './exit-codes.js';
import type { Finish } from './program.js';

/** How long what was logged may take to be written when Parkway stops. */
const LOGS_CLOSE_MS = 2_000;
/**
 * V8 lets the old generation grow to four times what was alive before it looks through it, and hardly gives any of that back: 100 MB
 * of a call's history and its code became 300. Twice is enough where so little outlives its call; it limits nothing.
 */
const HEAP_GROWTH = '--heap-growing-percent=100';

export function addServe(program: Command, finish: Finish): void {
  const command = program
    .command('serve')
    .description('Listens for calls and controls them until it is stopped.')
    .addHelpText(
      'after',
      `
SIGTERM or SIGINT: takes no more calls, lets those there are end, then stops. A second one stops at once.
SIGHUP: reads the dialplan again.

Exit status: 0 it was stopped, 2 it could not start.

Examples:
  parkway serve
  parkway serve --listen 0.0.0.0:8084 --allow 10.0.0.0/8 --store /etc/parkway/dialplan
  PARKWAY_LOG_LEVEL=debug parkway serve --config /etc/parkway/parkway.yaml`,
    );
  addConfigurationFlags(command).action(async (options: Record<string, unknown>) => {
    finish(await serve(options));
  });
}

/** @throws ConfigurationError */
async function serve(options: Readonly<Record<string, unknown>>): Promise<number> {
  setFlagsFromString(HEAP_GROWTH);
  const { configuration } = configurationOf(options);
  const logs = openLogs(configuration.log, process.stdout, process.env);
  const { logger } = logs;
  surviveFaults(logger);
  const stopping = signalled(['SIGTERM', 'SIGINT']);
  // From the beginning on: unheard it would end the process.
  let onHangup = (): void => undefined;
  process.on('SIGHUP', () => {
    onHangup();
  });
  let app: App;
  try {
    if (configuration.log.file !== undefined) await expectWritableDirectory(path.dirname(configuration.log.file));
    app = await startApp(configuration, logger, undefined, () => logs.dropped());
  } catch (error) {
    await logs.close(LOGS_CLOSE_MS);
    process.stderr.write(`parkway: ${describeStartError(error as NodeJS.ErrnoException, configuration)}\n`);
    return EXIT_COULD_NOT_RUN;
  }
  onHangup = () => {
    reload(app, logger);
  };
  const signal = await stopping;
  logger.info(`${signal}: stopping`, { event: 'stopping' });
  onHangup = () => undefined;
  const impatience = signalled(['SIGTERM', 'SIGINT']);
  await Promise.race([app.stop(), impatience]);
  // A write that is stuck in the system would keep the process from ending for ever.
  if (!(await logs.close(LOGS_CLOSE_MS)) || app.isStuck) exitAtOnce(EXIT_OK);
  return EXIT_OK;
}

/** A fault of Parkway's own in one call must not end the others. */
function surviveFaults(logger: Logger): void {
  const log = (error: unknown): void => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    logger.error(`a fault of Parkway's own, please report it: ${text}`, { event: 'fault' });
  };
  process.on('uncaughtException', log);
  process.on('unhandledRejection', log);
}

function describeStartError(error: NodeJS.ErrnoException, { listen }: Configuration): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `${listen} is in use by another program; choose another with --listen`;
    case 'EACCES':
      return error.syscall === 'listen' ? `${listen}: not allowed to listen there` : error.message;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${listen} is no address of this machine`;
    default:
      return error.message;
  }
}

function signalled(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      for (const each of signals) process.off(each, onSignal);
      resolve(signal);
    };
    for (const each of signals) process.on(each, onSignal);
  });
}

function reload(app: App, logger: Logger): void {
  logger.info('SIGHUP: reading the dialplan again', { event: 'reload' });
  app.reload().catch((error: unknown) => {
    logger.error(`reading the dialplan: ${(error as Error).message}`);
  });
}
