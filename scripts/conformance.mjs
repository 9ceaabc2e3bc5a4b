/**
 * npm run conformance -- FILE…: hunts every case of the corpus files and prints each mismatch, expected and got side by side.
 * Exit status 0 if all passed, 1 if any failed, 2 if a file could not be read.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import process from 'node:process';
import { checkCase } from '../dist/replay/conformance.js';

const files = process.argv.slice(2);
if (files.length === 0 || files.includes('--help')) {
  console.log('usage: npm run conformance -- FILE…\n\nexample: npm run conformance -- tests/conformance/cases.jsonl');
  process.exit(files.length === 0 ? 2 : 0);
}

let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    await checkFile(file);
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exit(2);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function checkFile(file) {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let base;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const entry = parse(file, number, line);
    if (entry.base !== undefined) base = entry.base;
    else if (base === undefined) throw new Error('line 1: expected the shared base {"base": {…}}, found a case');
    else check(entry, base);
  }
}

function parse(file, number, line) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`line ${number}: expected JSON, found ${JSON.stringify(line.slice(0, 40))}`, { cause: error });
  }
}

function check(recorded, base) {
  const mismatches = checkCase(recorded, base);
  if (mismatches.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`\n✗ ${recorded.id}${recorded.note ? `: ${recorded.note}` : ''}`);
  for (const { what, expected, got } of mismatches) {
    console.log(`  ${what}:`);
    printSideBySide(expected, got);
  }
}

function printSideBySide(expected, got) {
  const shown = (lines, index) => (index < lines.length ? JSON.stringify(lines[index]) : '(nothing)');
  for (let index = 0; index < Math.max(expected.length, got.length); index += 1) {
    if (expected[index] === got[index]) {
      console.log(`      both      ${shown(got, index)}`);
    } else {
      console.log(`    ! expected  ${shown(expected, index)}`);
      console.log(`    ! got       ${shown(got, index)}`);
    }
  }
}
