/** A running FreeSWITCH, asked what a recording does not tell. */
import { lowerCase } from '../dialplan/c-values.js';
import type { InboundClient } from '../esl/inbound-client.js';
import type { KnownAnswer } from './answer-source.js';
import type { Question } from './replay.js';

const NO_OUTPUT = '-ERR no reply\n';
const LINE_BREAK = /[\r\n\0]/;

/** Functions that only look, whatever their arguments; the others need somebody's word. */
const ONLY_LOOK = new Set([
  'acl',
  'cond',
  'domain_data',
  'domain_exists',
  'echo',
  'enum',
  'escape',
  'expr',
  'file_exists',
  'find_user_xml',
  'global_getvar',
  'group_call',
  'hostname',
  'in_group',
  'is_lan_addr',
  'limit_usage',
  'md5',
  'module_exists',
  'regex',
  'replace',
  'sofia_contact',
  'sofia_count_reg',
  'sofia_dig',
  'sofia_presence_data',
  'sofia_username_of',
  'strepoch',
  'strftime',
  'strftime_tz',
  'switchname',
  'tolower',
  'toupper',
  'url_decode',
  'url_encode',
  'user_data',
  'user_exists',
  'valet_info',
]);
/** Of these, only what begins so looks and does nothing else. */
const LOOKS_WITH: Readonly<Record<string, RegExp>> = { db: /^(?:select|exists|count|list)\//, hash: /^select\// };

export class FreeSwitchAnswers {
  private readonly known = new Map<string, KnownAnswer>();

  /** @param allowed names of functions that may be called although they might do something */
  constructor(
    private readonly client: InboundClient,
    private readonly allowed: ReadonlySet<string>,
  ) {}

  /** Undefined where it may not be asked. The same is asked once. @throws InboundError */
  async answer(question: Question): Promise<KnownAnswer> {
    const command =
      question.kind === 'global' ? `global_getvar ${question.name}` : `${question.name} ${question.arguments}`;
    if (LINE_BREAK.test(command) || !this.mayAsk(question)) return undefined;
    if (!this.known.has(command)) this.known.set(command, await this.ask(command, question));
    return this.known.get(command);
  }

  private async ask(command: string, question: Question): Promise<KnownAnswer> {
    const output = await this.client.api(command);
    const isMissing = output === NO_OUTPUT || output === `-ERR ${question.name} Command not found!\n`;
    return isMissing ? null : output;
  }

  private mayAsk(question: Question): boolean {
    if (question.kind === 'global') return true;
    const name = lowerCase(question.name);
    return (
      ONLY_LOOK.has(name) || this.allowed.has(name) || LOOKS_WITH[name]?.test(lowerCase(question.arguments)) === true
    );
  }
}
