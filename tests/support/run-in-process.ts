/** A command in the test's own process, where starting one of its own would only take time: tests of one file run in turn. */
import process from 'node:process';
import { runProgram } from '../../src/cli/program.js';
import type { Finished } from './run-parkway.js';

/** Runs a command as `parkway` would where no terminal is; what it writes is kept from the one there is. */
export async function runInProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const stdout = keepWrites(process.stdout);
  const stderr = keepWrites(process.stderr);
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const code = await runProgram(['node', 'parkway', ...args]);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
    stdout.restore();
    stderr.restore();
  }
}

function keepWrites(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  const { isTTY } = stream;
  stream.isTTY = false;
  const write = stream.write.bind(stream);
  const chunks: Buffer[] = [];
  stream.write = (chunk: string | Uint8Array) => {
    chunks.push(Buffer.from(chunk as string));
    return true;
  };
  return {
    text: () => Buffer.concat(chunks).toString(),
    restore: () => {
      stream.write = write;
      stream.isTTY = isTTY;
    },
  };
}
