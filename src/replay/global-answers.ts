/** Global variables as FreeSWITCH's own files tell them: `vars.xml`, or what `global_getvar` prints. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { defuseReferences } from '../dialplan/variables.js';
import type { AnswerSource, KnownAnswer } from './answer-source.js';

const COMMENT = /<!--[^]*?(?:-->|$)/g;
const DIRECTIVE = /<X-PRE-PROCESS\s+cmd\s*=\s*"([^"]*)"\s+data\s*=\s*"([^"]*)"\s*\/?>/gi;
const GLOBAL_REFERENCE = /\$\$\{([^}]*)\}/g;
const ASSIGNMENT = /^([^=\s<>]+)=(.*)$/;
/** What FreeSWITCH sets itself, to values of its machine (`switch_core.c`). */
const SET_BY_FREESWITCH =
  /^(?:hostname|switchname|core_uuid|switch_serial|local_(?:ip|mask)_v[46]|nat_(?:public_addr|private_addr|type)|sound_prefix|\w+_dir)$/;

/** A text with neither directives nor assignments in it. */
export class NoGlobalsError extends Error {
  constructor(file: string, found: string) {
    super(
      `${file}: expected <X-PRE-PROCESS cmd="set" data="name=value"/> as in vars.xml, or lines name=value as global_getvar prints ` +
        `them, found ${found === '' ? 'nothing' : JSON.stringify(found.slice(0, 40))}`,
    );
    this.name = 'NoGlobalsError';
  }
}

/**
 * Reads either. What `global_getvar` prints is all there is; beside what vars.xml sets are those that FreeSWITCH sets itself,
 * which are not known.
 * @param file its name, for complaints
 * @throws {@link NoGlobalsError}
 */
export function answersFromGlobals(file: string, text: Bytes): AnswerSource {
  const directives = [...text.replace(COMMENT, '').matchAll(DIRECTIVE)];
  if (directives.length > 0) return answers(readDirectives(directives), (name) => !SET_BY_FREESWITCH.test(name));
  const values = new Map<Bytes, Bytes | undefined>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined) values.set(lowerCase(name), value);
  }
  if (values.size === 0) throw new NoGlobalsError(file, text.trim());
  return answers(values, () => true);
}

function answers(
  values: ReadonlyMap<Bytes, Bytes | undefined>,
  isKnownToBeUnset: (name: Bytes) => boolean,
): AnswerSource {
  const find = (name: Bytes): KnownAnswer => {
    const key = lowerCase(name);
    if (values.has(key)) return values.get(key);
    return isKnownToBeUnset(key) ? null : undefined;
  };
  return {
    global: find,
    api: ({ name, arguments: args }) => {
      if (lowerCase(name) !== 'global_getvar' || args === '') return undefined;
      const value = find(args);
      // The function prints nothing where there is no such variable.
      return value === null ? '' : value;
    },
  };
}

/** In order, each may use those before it; one that rests on what is not known, is not known. */
function readDirectives(directives: readonly RegExpExecArray[]): Map<Bytes, Bytes | undefined> {
  const values = new Map<Bytes, Bytes | undefined>();
  for (const [, command = '', data = ''] of directives) {
    const [, name, written = ''] = ASSIGNMENT.exec(data) ?? [];
    if (name === undefined) continue;
    let isKnown = lowerCase(command) === 'set';
    const value = written.replace(GLOBAL_REFERENCE, (_reference, other: Bytes) => {
      const key = lowerCase(other);
      if (values.has(key) ? values.get(key) === undefined : SET_BY_FREESWITCH.test(key)) isKnown = false;
      return values.get(key) ?? '';
    });
    // A sound prefix and the like may be set with `stun-set` or `exec-set`: only that machine knows to what.
    if (command !== '' && /set$/i.test(command))
      values.set(lowerCase(name), isKnown ? defuseReferences(value) : undefined);
  }
  return values;
}
