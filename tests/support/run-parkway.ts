/** The program itself, in a process of its own: `dist/main.js`, as it was built. */
import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const running = new Set<ChildProcess>();

// One that a failed test left would keep the others waiting.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly finished: Promise<Finished>;
  /** Resolves with the first line of standard output that matches, from the beginning on. */
  line(pattern: RegExp): Promise<string>;
}

export function startParkway(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  return follow(process.execPath, [main, ...args], environment);
}

/** On a disk on which a file may have no more than so many blocks of 512 bytes, until `prlimit --fsize` says otherwise. */
export function startOnFullDisk(blocks: number, args: readonly string[]): Running {
  const limited = `ulimit -S -f ${blocks}; exec "$@"`;
  return follow('sh', ['-c', limited, 'sh', process.execPath, main, ...args], {});
}

function follow(program: string, args: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PARKWAY_SUPERVISOR_LISTEN: 'off', ...environment },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return {
    process: child,
    finished,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = stdout
            .split('\n')
            .slice(0, -1)
            .find((line) => pattern.test(line));
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        void finished.then(() => {
          reject(new Error(`ended without a line that matches ${String(pattern)}:\n${stdout}${stderr}`));
        });
        look();
      }),
  };
}

export async function runParkway(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return startParkway(args, environment).finished;
}
