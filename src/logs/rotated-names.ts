/** The names of a log's rotated files: of `parkway.log` those such as `parkway-20261125T000000123Z.log.gz`. */
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileStamp } from '../disk/file-stamp.js';

const COMPRESSED = '.gz';
/** A time, and a count where several were rotated within a millisecond. */
const STAMP = /^(\d{8}T\d{9}Z)(?:-(\d+))?$/;

export class RotatedNames {
  private readonly directory: string;
  private readonly base: string;
  private readonly extension: string;

  constructor(file: string) {
    this.directory = path.dirname(file);
    this.extension = path.extname(file);
    this.base = path.basename(file, this.extension);
  }

  isRotated(name: string): boolean {
    return this.stampOf(name) !== undefined;
  }

  /** A path that is not taken. */
  async next(): Promise<string> {
    const stamp = fileStamp(new Date());
    for (let count = 0; ; count += 1) {
      const name = `${this.base}-${stamp}${count === 0 ? '' : `-${count}`}${this.extension}`;
      const file = path.join(this.directory, name);
      if (!(await exists(file)) && !(await exists(`${file}${COMPRESSED}`))) return file;
    }
  }

  /** The paths there are, without `.gz`, in the order in which they were rotated. */
  async list(): Promise<string[]> {
    const stamps = new Map<string, readonly [time: string, count: number]>();
    for (const name of await readdir(this.directory)) {
      const stamp = this.stampOf(name);
      if (stamp !== undefined) stamps.set(withoutCompression(name), stamp);
    }
    return [...stamps]
      .sort(([, [time, count]], [, [other, otherCount]]) => {
        return time === other ? count - otherCount : time < other ? -1 : 1;
      })
      .map(([name]) => path.join(this.directory, name));
  }

  /** When a file was rotated, in epoch milliseconds. @param file one of {@link list} */
  rotatedAt(file: string): number {
    const [time = ''] = this.stampOf(path.basename(file)) ?? [];
    return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'));
  }

  private stampOf(name: string): readonly [time: string, count: number] | undefined {
    const plain = withoutCompression(name);
    if (!plain.startsWith(`${this.base}-`) || !plain.endsWith(this.extension)) return undefined;
    const [, time, count = '0'] =
      STAMP.exec(plain.slice(this.base.length + 1, plain.length - this.extension.length)) ?? [];
    return time === undefined ? undefined : [time, Number(count)];
  }
}

/** A rotated file where it is now: it may have been compressed since it was listed; undefined if it is gone. */
export async function whereRotated(file: string): Promise<string | undefined> {
  if (await exists(file)) return file;
  const compressed = `${file}${COMPRESSED}`;
  return (await exists(compressed)) ? compressed : undefined;
}

function withoutCompression(name: string): string {
  return name.endsWith(COMPRESSED) ? name.slice(0, -COMPRESSED.length) : name;
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
