import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CHECKS } from '../../src/lint/checks.js';

const codes = CHECKS.flatMap((check) => Object.entries(check.codes));
const page = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
const folder = new URL('./scenarios/', import.meta.url);
const scenarios = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));

test.each(codes)('%s (%s) is documented with its severity, and a scenario shows it', (code, severity) => {
  expect(page).toMatch(new RegExp(`^- (\`[a-z-]+\` \\([a-z]+\\), )?\`${code}\` \\(${severity}\\)`, 'm'));
  const printed = new RegExp(`^(\\S.* ${severity} ${code}$|\\{.*"code":"${code}")`, 'm');
  expect(scenarios.some((scenario) => printed.test(scenario))).toBe(true);
});

test('a code belongs to one check', () => {
  expect(new Set(codes.map(([code]) => code)).size).toBe(codes.length);
});
