/**
 * Each file in `scenarios/` is a dialplan, a command, what it prints and its exit status. `{}` stands for the directory the
 * files above are written to. A part begins with a line `=== name`.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

const folder = new URL('./scenarios/', import.meta.url);
const scenarios = (await readdir(folder)).filter((name) => name.endsWith('.scenario')).sort();

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-lint-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface Part {
  readonly name: string;
  readonly text: string;
}

function partsOf(scenario: string): Part[] {
  const parts = scenario.split(/^=== (.+)\n/m).slice(1);
  return parts.flatMap((text, index) => (index % 2 === 1 ? [{ name: parts[index - 1] as string, text }] : []));
}

test('the example dialplan is clean', async () => {
  const example = path.join(import.meta.dirname, '../../examples/dialplan');
  const { code, stdout } = await runInProcess(['lint', example, '--fail-severity', 'info']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing found in domain example.com\n' });
});

describe('scenarios', () => {
  test.each(scenarios)('%s', async (name) => {
    const own = path.join(directory, path.basename(name, '.scenario'));
    let args: string[] = [];
    for (const part of partsOf(await readFile(new URL(name, folder), 'utf8'))) {
      if (part.name === 'command') {
        args = part.text.trim().replaceAll('{}', own).split(' ').slice(1);
      } else if (part.name === 'output') {
        const { code, stdout, stderr } = await runInProcess(args);
        expect(`${(stdout + stderr).replaceAll(`${own}/`, '')}exit status ${String(code)}\n`).toBe(part.text);
      } else {
        const file = path.join(own, part.name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, part.text);
      }
    }
  });
});
