/** What benchmarks of a running Parkway share: the daemon, in a process of its own on forty-one extensions, for recorded calls. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.mjs';
import { ACTIONS, DESTINATION } from './recorded-call.mjs';

const { fetch } = globalThis;
const NS_PER_MS = 1e6;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Node's own flags, as `npm start` has them. */
const NODE_FLAGS = /node (--.*) dist/
  .exec(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).scripts.start)[1]
  .split(' ');

/**
 * @param {string} directory for its files
 * @param {{ hasPage: boolean, flags: readonly string[] }} options flags of `serve` besides its addresses and its dialplan
 */
export async function startDaemon(directory, { hasPage, flags }) {
  const store = path.join(directory, 'dialplan');
  writeDialplan(store);
  const [calls, page] = [await freePort(), await freePort()];
  const own = [
    '--listen',
    `127.0.0.1:${calls}`,
    '--store',
    store,
    '--supervisor',
    hasPage ? `127.0.0.1:${page}` : 'off',
  ];
  const log = path.join(directory, 'log');
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, 'serve', ...own, ...flags], {
    stdio: ['ignore', openSync(log, 'w'), 'inherit'],
    cwd: directory,
  });
  for (const port of hasPage ? [calls, page] : [calls]) {
    while (!(await isThere(port))) {
      if (child.exitCode !== null) throw new Error(`the daemon did not start: ${readFileSync(log, 'utf8')}`);
      await sleep(50);
    }
  }
  const origin = `http://127.0.0.1:${page}`;
  return {
    port: calls,
    origin,
    pid: child.pid,
    /** How long its calls' thread was ready to go on and had no processor, in milliseconds since the start; Linux only. */
    waitedForProcessor: () =>
      Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS,
    status: async () => (await fetch(`${origin}/api/v1/status`)).json(),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export function median(numbers) {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

function writeDialplan(store) {
  const domain = path.join(store, 'example.com');
  mkdirSync(path.join(domain, 'extensions'), { recursive: true });
  const extensions = {};
  for (let number = 0; number < 40; number += 1) {
    extensions[`service ${number}`] = {
      condition: [{ field: 'destination_number', expression: `^\\*${10 + number}(\\d*)$` }],
    };
  }
  extensions.colleague = {
    condition: [
      {
        field: 'destination_number',
        expression: `^(${DESTINATION})$`,
        action: ACTIONS,
      },
    ],
  };
  for (const [name, document] of Object.entries(extensions)) {
    writeFileSync(path.join(domain, 'extensions', `${name}.json`), JSON.stringify(document));
  }
  writeFileSync(path.join(domain, 'contexts.json'), JSON.stringify({ default: Object.keys(extensions) }));
}

async function isThere(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
