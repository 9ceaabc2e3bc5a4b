/** Passes over what an author has said to be no fault: in a document by a key `lint-ignore`, or in the settings. */
import type { LintFinding } from './finding.js';
import type { LintedDomain } from './linted-domain.js';
import type { IgnoreEntry, LintSettings } from './settings.js';

/** An entry that counts for a place in one document and all that is in it. */
interface Ignore extends IgnoreEntry {
  /** Where it stands; undefined if that is the settings. */
  readonly at: { readonly location: string; readonly pointer: string } | undefined;
}

const KEY = 'lint-ignore';

/** The findings that are left, and one for each entry of a document that passes over nothing. */
export function passOver(
  findings: readonly LintFinding[],
  domain: LintedDomain,
  settings: LintSettings,
): LintFinding[] {
  const names = new Map(domain.extensions.map(({ location, name }) => [location, name] as const));
  const ignores: Ignore[] = [
    ...settings.ignore.map((entry) => ({ ...entry, at: undefined })),
    ...domain.extensions.flatMap(({ location, document }) => [...ignoresIn(document, location, '')]),
  ];
  const used = new Set<Ignore>();
  const left = findings.filter((finding) => {
    const ignore = ignores.find((entry) => covers(entry, finding, names.get(finding.location)));
    if (ignore !== undefined) used.add(ignore);
    return ignore === undefined;
  });
  return [...left, ...ignores.filter((entry) => !used.has(entry)).flatMap((entry) => unused(entry, domain))];
}

function* ignoresIn(value: unknown, location: string, pointer: string): Generator<Ignore> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== KEY) {
      yield* ignoresIn(inner, location, `${pointer}/${key}`);
      continue;
    }
    for (const [code, reason] of Object.entries(inner as Record<string, string>)) {
      yield { code, reason, at: { location, pointer } };
    }
  }
}

function covers(ignore: Ignore, finding: LintFinding, extension: string | undefined): boolean {
  if (ignore.code !== finding.code) return false;
  if (ignore.at !== undefined) {
    return ignore.at.location === finding.location && isWithin(finding.path, ignore.at.pointer);
  }
  return (
    (ignore.domain ?? finding.domain) === finding.domain &&
    (ignore.extension ?? extension) === extension &&
    isWithin(finding.path, ignore.path ?? '')
  );
}

function isWithin(path: string, pointer: string): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

function unused({ at, code }: Ignore, { name }: LintedDomain): LintFinding[] {
  if (at === undefined) return [];
  return [
    {
      code: 'ignore-unused',
      severity: 'info',
      domain: name,
      location: at.location,
      path: `${at.pointer}/${KEY}/${code}`,
      message: `nothing of the code ${code} is found here`,
      fix: 'remove the entry',
    },
  ];
}
