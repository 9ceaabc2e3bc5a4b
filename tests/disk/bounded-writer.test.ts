import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { AppendedFile } from '../../src/disk/appended-file.js';
import { BoundedWriter, type BoundedWriterOptions, type Destination } from '../../src/disk/bounded-writer.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();

/** A file that is opened anew for each block. */
function fileDestination(file: string): Destination {
  return {
    async write(block) {
      const appended = await AppendedFile.open(file);
      try {
        await appended.append(block);
      } finally {
        await appended.close();
      }
    },
    close: () => Promise.resolve(),
  };
}

interface Told {
  readonly trouble: Promise<string>;
  readonly recovered: Promise<number>;
}

function startWriter(
  destination: Destination,
  options: Partial<BoundedWriterOptions> = {},
): { writer: BoundedWriter; told: Told } {
  let onTrouble!: (reason: string) => void;
  let onRecovered!: (lost: number) => void;
  const told = {
    trouble: new Promise<string>((resolve) => (onTrouble = resolve)),
    recovered: new Promise<number>((resolve) => (onRecovered = resolve)),
  };
  const all = { capacity: 1_000, blockBytes: 100, gatherMs: 0, onTrouble, onRecovered, ...options };
  return { writer: new BoundedWriter(destination, all), told };
}

describe('a bounded writer', () => {
  test('writes lines in order, whatever their size', async () => {
    const file = fresh('lines');
    const { writer } = startWriter(fileDestination(file), { capacity: 100_000 });
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'ü'.repeat(index % 90)}\n`);
    for (const line of lines) writer.write(line);
    expect(await writer.close(10_000)).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(lines.join(''));
    expect(writer.lost).toBe(0);
  });

  test('a full disk: says so once, drops what does not fit, says how much when there is room again', async () => {
    const file = fresh('log');
    await mkdir(path.dirname(file));
    await symlink('/dev/full', file);
    const { writer, told } = startWriter(fileDestination(file));
    writer.write(`${'a'.repeat(400)}\n`);
    expect(await told.trouble).toMatch(/ENOSPC/);
    for (let count = 0; count < 10; count += 1) writer.write(`${count}${'b'.repeat(198)}\n`);
    expect(writer.lost).toBe(8);
    await rm(file);
    expect(await told.recovered).toBe(8);
    expect(await writer.close(10_000)).toBe(true);
    expect((await readFile(file, 'utf8')).split('\n').map((line) => line.length)).toEqual([400, 199, 199, 0]);
  });

  test('a full disk is said although it was too slow before: that is why', async () => {
    const reasons: string[] = [];
    const full = new Promise<void>((resolve) => {
      const { writer } = startWriter(fileDestination('/dev/full'), {
        gatherMs: 1,
        onTrouble(reason) {
          reasons.push(reason);
          if (reasons.length === 2) resolve(writer.close(0).then(() => undefined));
        },
      });
      for (let count = 0; count < 10; count += 1) writer.write(`${'a'.repeat(400)}\n`);
    });
    await full;
    expect(reasons).toEqual(['it is written more slowly than it comes', expect.stringMatching(/ENOSPC/)]);
  });

  test('a pipe nobody reads: bounded, and closing gives up in time', async () => {
    const file = fresh('pipe');
    await mkdir(path.dirname(file));
    execFileSync('mkfifo', [file]);
    const reader = await open(file, constants.O_RDWR);
    const pipe = await AppendedFile.open(file);
    const destination = { write: (block: Buffer) => pipe.append(block), close: () => pipe.close() };
    const { writer, told } = startWriter(destination, { capacity: 200_000, blockBytes: 50_000 });
    for (let count = 0; count < 100; count += 1) writer.write(`${'c'.repeat(9_999)}\n`);
    expect(await told.trouble).toBe('it is written more slowly than it comes');
    expect(writer.lost).toBe(80);
    expect(await writer.close(10)).toBe(false);
    // Only what is read lets the write that is stuck come to an end.
    let left = 200_000;
    while (left > 50_000) left -= (await reader.read(Buffer.alloc(65_536))).bytesRead;
    await reader.close();
  });

  test('closing does not wait for a disk that is still full', async () => {
    const { writer, told } = startWriter(fileDestination('/dev/full'));
    writer.write('lost\n');
    await told.trouble;
    expect(await writer.close(60_000)).toBe(true);
    expect(writer.lost).toBe(1);
    writer.write('too late\n');
    expect(writer.lost).toBe(2);
  });
});

describe('a file that is appended to', () => {
  test('a block that cannot be written is not left behind by half', async () => {
    const file = fresh('whole');
    await mkdir(path.dirname(file));
    await writeFile(file, 'before\n');
    // The limit of a process's files stands for a disk that fills up in the middle of a block.
    const script =
      "process.on('SIGXFSZ', () => {}); const { AppendedFile } = await import(process.argv[1]);" +
      'const file = await AppendedFile.open(process.argv[2]);' +
      "console.log(await file.append(Buffer.alloc(3000, 'x')).catch((error) => error.code), file.size)";
    const command = 'ulimit -f 1; exec "$0" --input-type=module -e "$1" "$2" "$3"';
    const args = ['-c', command, process.execPath, script, distFile(), file];
    expect(execFileSync('bash', args).toString()).toBe('EFBIG 7\n');
    expect(await readFile(file, 'utf8')).toBe('before\n');
  });
});

function distFile(): string {
  return new URL('../../dist/disk/appended-file.js', import.meta.url).href;
}
