import { expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

async function helpOf(...command: readonly string[]): Promise<string> {
  const { code, stdout } = await runInProcess([...command, '--help']);
  expect([command, code]).toEqual([command, 0]);
  return stdout;
}

/** The names of the commands that a help lists. */
function commandsIn(help: string): string[] {
  const [, list = ''] = /^Commands:\n((?: +.*\n)+)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}(\S+)/gm)].flatMap(([, name = '']) => (name === 'help' ? [] : [name]));
}

const commands: string[][] = [];
for (const name of commandsIn(await helpOf())) {
  const inner = commandsIn(await helpOf(name));
  if (inner.length === 0) commands.push([name]);
  else commands.push(...inner.map((each) => [name, each]));
}

test('all commands are looked at', () => {
  expect(commands.length).toBeGreaterThan(19);
  expect(commands).toContainEqual(['dump', 'anonymise']);
});

test.each(commands.map((command) => [command.join(' '), command] as const))(
  '%s --help tells the exit status, has examples, and says what files may be',
  async (name, command) => {
    const help = await helpOf(...command);
    expect(help).toMatch(/^Exit status: 0 [^]*?\b2 .+\.$/m);
    const [, examples = ''] = /^Examples:\n((?: {2}.+\n?)+)/m.exec(help) ?? [];
    expect(examples).toContain(`parkway ${name}`);
    expect(help).not.toMatch(/--json\b/);
    const [, files] = /^Arguments:\n( +(?:dump|file|input)\b.*\n(?: {10}.*\n)*)/m.exec(help) ?? [];
    if (files === undefined) return;
    expect(files.replace(/\s+/g, ' ')).toContain('- for standard input');
    expect(files).toContain('globs');
    // What goes on in a line is not cut off by a terminal of the usual width, nor are examples.
    expect(help.split('\n').filter((line) => line.length > 132)).toEqual([]);
  },
);
