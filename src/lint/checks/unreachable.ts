/** Extensions that no call can match where they stand: proven by going through every way there is, or not said. */
import { bytesOf, type Bytes } from '../../bytes.js';
import type { Extension } from '../../dialplan/extension.js';
import { explore } from '../exploration/explore.js';
import { planOf } from '../exploration/plan.js';
import type { Check, LintTools } from '../finding.js';
import type { LintedDomain, LintedExtension } from '../linted-domain.js';
import { pointerTo } from '../../dialplan/pointer.js';
import { actionsOf } from '../walk.js';

const MOST_CALLS = 300;
/** A context as a whole, against one of its extensions. */
const WORK_OF_CONTEXT = 10;

export const unreachable: Check = {
  codes: { 'extension-unreachable': 'warning', 'extension-never-matches': 'warning' },
  work({ contexts }) {
    return [...(contexts?.lists.values() ?? [])].reduce((sum, names) => sum + names.length + WORK_OF_CONTEXT, 0);
  },
  *find(domain, tools) {
    const { contexts } = domain;
    if (contexts === undefined) return;
    for (const [context, names] of contexts.lists) {
      const listed = names.flatMap((name) => domain.extensions.find((each) => each.name === name) ?? []);
      const matched = everMatched(listed, context, domain, tools);
      tools.progress.advance(names.length - listed.length + WORK_OF_CONTEXT);
      for (const [index, extension] of listed.entries()) {
        tools.progress.advance(1);
        if (matched.has(extension.extension.name) || extension.extension.conditions.length === 0) continue;
        const alone = matchOf([extension], context, domain, tools);
        if (alone === 'possible' || alone === 'unknown') {
          const before = listed.slice(0, index).filter(decides);
          if (matchOf([...before, extension], context, domain, tools) !== 'impossible') continue;
          const by = takenBy(before, extension, context, domain, tools);
          yield {
            code: 'extension-unreachable',
            location: contexts.location,
            path: pointerTo(context, names.indexOf(extension.name)),
            message: `no call gets to "${extension.name}": ${by} before it matches every call it could match, and ends the hunt`,
            fix: 'put it before that, or remove it',
          };
        } else {
          const { location } = extension;
          const message = 'its conditions contradict each other: no call can match it';
          yield { code: 'extension-never-matches', location, path: '', message };
        }
      }
    }
  },
};

/** Whether it may end the hunt or change what others look at. */
function decides(extension: LintedExtension): boolean {
  return !extension.extension.continues || [...actionsOf(extension)].some(({ action }) => action.inline);
}

/** Extensions that some call was seen to match; what is not among them may still be matched. */
function everMatched(
  listed: readonly LintedExtension[],
  context: string,
  domain: LintedDomain,
  tools: LintTools,
): Set<Bytes> {
  const matched = new Set<Bytes>();
  const wanted = new Set(listed.map(({ extension }) => extension.name));
  const deciding = new Set(listed.filter(decides).map(({ extension }) => extension.name));
  exploreList(
    listed,
    context,
    domain,
    tools,
    (name) => deciding.has(name),
    (names) => {
      for (const name of names) matched.add(name);
      return [...wanted].every((name) => matched.has(name));
    },
  );
  return matched;
}

type Possibility = 'possible' | 'impossible' | 'unknown';

/** Whether a call can match the last of the extensions. */
function matchOf(
  listed: readonly LintedExtension[],
  context: string,
  domain: LintedDomain,
  tools: LintTools,
): Possibility {
  const wanted = (listed.at(-1) as LintedExtension).extension.name;
  const matched = new Set<Bytes>();
  const open = exploreList(
    listed,
    context,
    domain,
    tools,
    () => true,
    (names) => {
      for (const name of names) matched.add(name);
      return matched.has(wanted);
    },
  );
  if (matched.has(wanted)) return 'possible';
  return open.size > 0 ? 'unknown' : 'impossible';
}

/** The one that is enough by itself, or all of them. */
function takenBy(
  before: readonly LintedExtension[],
  extension: LintedExtension,
  context: string,
  domain: LintedDomain,
  tools: LintTools,
): string {
  const alone = before.find((each) => matchOf([each, extension], context, domain, tools) === 'impossible');
  return alone === undefined ? 'what stands' : `"${alone.name}"`;
}

function exploreList(
  listed: readonly LintedExtension[],
  context: string,
  domain: LintedDomain,
  { finder, times, today, progress, mostWork }: LintTools,
  matters: (extension: Bytes) => boolean,
  onMatched: (names: readonly Bytes[]) => boolean,
): ReadonlySet<string> {
  const extensions: readonly Extension[] = listed.map(({ extension }) => extension);
  const plan = { ...planOf(domain, { executes: false }), extensionsOf: () => extensions };
  const { open } = explore({
    context: bytesOf(context),
    plan,
    finder,
    times,
    today: Date.parse(today),
    mostCalls: MOST_CALLS,
    mostWork,
    progress,
    matters: (test) => matters(test.extension),
    onCall: ({ hunts }) => onMatched(hunts.flatMap(({ matched }) => matched)),
  });
  return open;
}
