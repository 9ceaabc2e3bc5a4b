/** A domain as calls are imagined in it. */
import { bytesOf } from '../../bytes.js';
import { lowerCase } from '../../dialplan/c-values.js';
import type { Extension, Test } from '../../dialplan/extension.js';
import type { LintedDomain } from '../linted-domain.js';
import { testsOf, conditionsOf } from '../walk.js';
import type { Plan } from './simulated-call.js';

const FALLBACK_CONTEXT = 'global';

export function planOf(domain: LintedDomain, options: { readonly executes: boolean }): Plan {
  const byName = new Map(domain.extensions.map(({ name, extension }) => [name, extension] as const));
  const contexts = new Map<string, readonly Extension[]>();
  for (const [name, list] of domain.contexts?.lists ?? []) {
    contexts.set(
      lowerCase(bytesOf(name)),
      list.flatMap((extension) => byName.get(extension) ?? []),
    );
  }
  const tests = new Map<string, Test>();
  for (const extension of domain.extensions) {
    const { name } = extension.extension;
    for (const { condition, pointer } of conditionsOf(extension)) tests.set(`${name}\0${pointer}`, condition);
    for (const { test, pointer } of testsOf(extension)) tests.set(`${name}\0${pointer}`, test);
  }
  return {
    ...options,
    domain: bytesOf(domain.name),
    compiler: domain.compiler,
    extensionsOf: (context) => contexts.get(lowerCase(context)) ?? contexts.get(FALLBACK_CONTEXT),
    testAt: (extension, pointer) => tests.get(`${extension}\0${pointer}`),
  };
}
