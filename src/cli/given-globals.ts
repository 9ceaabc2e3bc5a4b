/** FreeSWITCH's global variables as the command line gives them. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { bytesOf, type Bytes } from '../bytes.js';
import type { GivenGlobals } from '../convert/globals.js';
import { UnusableInputError } from './convert-input.js';

export type GivenGlobal = readonly [name: Bytes, value: Bytes];

/** For an option that may be repeated. */
export function collectGlobal(text: string, before: readonly GivenGlobal[]): readonly GivenGlobal[] {
  const global = splitGlobal(bytesOf(text));
  if (global === undefined) throw new InvalidArgumentError('expected name=value');
  return [...before, global];
}

/** Single ones, and a file that has them all; a single one counts more. @throws UnusableInputError */
export function givenGlobals(single: readonly GivenGlobal[], file: string | undefined): GivenGlobals {
  const all = file === undefined ? [] : readGlobals(file);
  return { values: new Map([...all, ...single]), complete: file !== undefined };
}

function readGlobals(file: string): GivenGlobal[] {
  const lines = readFileSync(file, 'latin1').split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const global = splitGlobal(line);
    if (global !== undefined) return [global];
    const found = JSON.stringify(line.slice(0, 40));
    throw new UnusableInputError(`${file}:${index + 1}: expected name=value, found ${found}`);
  });
}

function splitGlobal(text: Bytes): GivenGlobal | undefined {
  const equals = text.indexOf('=');
  return equals < 1 ? undefined : [text.slice(0, equals), text.slice(equals + 1)];
}
