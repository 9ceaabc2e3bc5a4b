/**
 * npm run demo: starts the daemon on the example dialplan, plays the sample calls into it over TCP with the simulator, and
 * prints each call's timeline and the trace of why it went there. Exit status 0 if each went where the dialplan sends it.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startApp } from '../dist/app.js';
import { createLogger } from '../dist/cli/create-logger.js';
import { loadConfiguration } from '../dist/configuration.js';
import { readDump } from '../dist/replay/read-dump.js';
import { callTimeline } from '../dist/report/call-timeline.js';
import { simulateLoad } from '../dist/simulator/simulate-load.js';
import { startFreeSwitch } from '../dist/simulator/start-free-switch.js';

/** Which extensions each sample call is to match. */
const SAMPLES = [
  { file: 'calls-extension.txt', says: 'an extension calls another', matched: 'record, call extension' },
  { file: 'calls-out.txt', says: 'an extension calls out', matched: 'record, outbound' },
  { file: 'calls-abroad.txt', says: 'an extension calls abroad, which is forbidden', matched: 'record, outbound' },
  { file: 'calls-from-outside.txt', says: 'somebody calls in from outside', matched: 'record, reception' },
];
/** How the called parties behave: they are quicker than people, so that the demonstration is short. */
const SCRIPT = {
  globals: { recordings_dir: '/var/lib/freeswitch/recordings' },
  applications: [{ application: 'bridge', peer: { ringsAfter: 100, answersAfter: 500, lasts: 1000 } }],
};

const { configuration } = loadConfiguration({
  file: fileURLToPath(new URL('../examples/parkway.yaml', import.meta.url)),
  environment: {},
  flags: [
    { path: 'listen', value: '127.0.0.1:0', flag: 'the demonstration' },
    { path: 'supervisor.listen', value: 'off', flag: 'the demonstration' },
  ],
});
const logger = createLogger({ level: 'warn', format: 'pretty', stream: process.stderr, environment: process.env });
const nothing = () => undefined;
let onEnded = nothing;
const app = await startApp(configuration, logger, {
  arrived: nothing,
  decided: nothing,
  applicationStarted: nothing,
  applicationEnded: nothing,
  ended: (call) => {
    onEnded(call);
  },
});
console.log(`Parkway listens on ${app.address} and serves the dialplan of ${configuration.store.url}.`);

let astray = 0;
for (const { file, says, matched } of SAMPLES) {
  console.log(`\n── ${says}\n`);
  const dump = readDump(await readFile(new URL(`../examples/calls/${file}`, import.meta.url)));
  const ended = new Promise((resolve) => {
    onEnded = resolve;
  });
  await simulateLoad(startFreeSwitch({ script: SCRIPT }), {
    channels: [dump],
    calls: 1,
    concurrency: 1,
    target: app.address,
    asynchronous: true,
    full: true,
    onResult: ({ problems }) => {
      if (problems.length > 0) astray += 1;
    },
  });
  const call = await ended;
  if (call.matched.join(', ') !== matched) astray += 1;
  console.log(callTimeline(call).join('\n'));
}
await app.stop();

console.log(
  `\n${SAMPLES.length} calls, ${astray === 0 ? 'each where the dialplan sends it' : `${astray} gone astray`}.`,
);
process.exitCode = astray === 0 ? 0 : 1;
