/**
 * Hunting: walks the extensions of a context for one channel and builds the list of applications to execute, exactly as
 * FreeSWITCH's `mod_dialplan_xml.c` (`dialplan_hunt`, `parse_exten`) does. It runs without I/O; what it cannot know it
 * yields as an effect. The one implementation serves live calls, replay, tests and explanations.
 */
import { findApplication } from './applications.js';
import { findNamed, findNamedAgain } from './auto-hunt.js';
import type { Bytes } from '../bytes.js';
import {
  UnseenCaptures,
  variableOfCaptures,
  withCaptures,
  withoutMatch,
  type Captures,
  type HuntedApplication,
} from './captures.js';
import { isTrue } from './c-values.js';
import { findProfileField, type ChannelHeaders, type ProfileField } from './caller-profile.js';
import { Channel, type VariableChange } from './channel.js';
import { breaks, closeList, openList, type ConditionList } from './condition-list.js';
import { isOffset, timeMatches, type Moment, type TimeTest } from './date-time.js';
import { Answers, type Asking, type Executed, type ExecuteInline } from './effect.js';
import { expand, lookUp, needsExpansion, Surroundings } from './expand.js';
import type { BrokenExpression, ExpressionCompiler } from './expression.js';
import type { Action, Condition, Expression, Extension, Field, Rule, Test } from './extension.js';
import { Pattern } from './pcre2.js';
import { simulateApplication } from './simulate-application.js';
import type { Trace, TraceEntry } from './trace.js';
import type { Witness } from './witness.js';

export interface InlineExecution {
  readonly application: Bytes;
  readonly data: Bytes;
  /** Its data as it was executed; undefined if FreeSWITCH would refuse it, or executed it where we could not look. */
  readonly executed?: Bytes;
}

export interface HuntRequest {
  readonly data: ChannelHeaders;
  /** The context's name as the trace shows it. */
  readonly context: Bytes;
  /** Its extensions in order; undefined if there is no such context, nor one named `global`. */
  readonly extensions: readonly Extension[] | undefined;
  readonly compiler: ExpressionCompiler;
  readonly moment: Moment;
  /** Whether `${` in captured text is defused, so that no caller can have it executed. FreeSWITCH does not. */
  readonly neutraliseCaptures: boolean;
  /** Learns what the decision depends on. No trace is kept then. */
  readonly witness?: Witness;
}

export interface Hunted {
  /** Whether there is a list to execute, perhaps an empty one; if not, the call has no route. */
  readonly route: boolean;
  readonly applications: readonly HuntedApplication[];
  readonly inline: readonly InlineExecution[];
  readonly trace: Trace;
  /** The extensions that proceeded or left an action behind, in order. */
  readonly matched: readonly Bytes[];
  /** `DP_MATCH` and `DP_REGEX_MATCH_n` where they differ from the channel's data: to be set before the list runs. */
  readonly changes: readonly VariableChange[];
}

const DEEPEST_NESTING = 100;
const QUOTE = "'";
const MATCH_VARIABLES = 'DP_';
const MATCH_VARIABLE = 'DP_MATCH';
const REGEX_MATCH_VARIABLES = 'DP_REGEX_MATCH';
const DESTINATION = findProfileField('destination_number') as ProfileField;

/** Hunts one channel through one context. What it finds on its way stands in `trace` also if it does not come to an end. */
export function hunt(request: HuntRequest, trace: TraceEntry[] = []): Asking<Hunted> {
  return new Hunt(request, request.witness === undefined ? trace : undefined).run();
}

class Hunt {
  private readonly applications: HuntedApplication[] = [];
  private readonly inline: InlineExecution[] = [];
  private readonly surroundings: Surroundings;
  private reachedAction = false;
  /** Of the condition at hand; undefined where its actions may not refer to captures. */
  private captures: Captures | undefined;

  constructor(
    private readonly request: HuntRequest,
    private readonly trace: TraceEntry[] | undefined,
  ) {
    this.surroundings = new Surroundings(new Channel(request.data), new Answers(), (reason) => {
      this.problem(`Expansion gave up: ${reason}`);
    });
  }

  private get channel(): Channel {
    return this.surroundings.channel;
  }

  *run(): Asking<Hunted> {
    const matched: Bytes[] = [];
    for (const extension of yield* this.extensionsToTry()) {
      this.traceParsing(extension);
      const before = this.applications.length + this.inline.length;
      // Conditions and those nested in them are walked with a stack, so that a hunt is one generator, not one a list.
      let list: ConditionList | undefined = openList(extension.conditions, extension.name, undefined);
      let proceeded = false;
      while (list !== undefined) {
        const condition: Condition | undefined = list.conditions[list.next];
        if (condition === undefined) {
          proceeded = list.proceed || !list.requireNested;
          list = closeList(list.outer, proceeded);
          continue;
        }
        list.next += 1;
        const passed: boolean = this.testAtOnce(condition, list) ?? (yield* this.test(condition, list));
        const actions = passed ? condition.actions : condition.antiActions;
        if (passed && this.captures !== undefined) this.setMatchVariable(MATCH_VARIABLE, this.captures);
        if (actions.length > 0) yield* this.takeAll(actions, !passed, list);
        if (breaks(condition, passed)) list.next = list.conditions.length;
        else if (list.proceed && condition.nested.length > 0) list = this.openNested(condition, list, extension.name);
      }
      if (proceeded || this.applications.length + this.inline.length > before) matched.push(extension.name);
      if (proceeded && !extension.continues) break;
    }
    return new HuntResult(this.reachedAction, this.applications, this.inline, this.trace ?? [], matched, this.channel);
  }

  /** All of the context's, or with `auto_hunt` those from the one named like the destination on. */
  private *extensionsToTry(): Asking<readonly Extension[]> {
    const { context, extensions } = this.request;
    if (extensions === undefined) {
      this.problem(`Context ${context} not found`);
      return [];
    }
    const { witness } = this.request;
    const first =
      witness === undefined
        ? findNamed(extensions, this.channel.profile.read(DESTINATION) ?? '')
        : witness.learn(DESTINATION, extensions, (destination) => findNamedAgain(extensions, destination));
    if (first === undefined || first === 0) return extensions;
    return isTrue(yield* this.variable('auto_hunt')) ? extensions.slice(first) : extensions;
  }

  private openNested(condition: Condition, outer: ConditionList, name: Bytes): ConditionList {
    const list = openList(condition.nested, name, outer, condition.requireNested);
    if (list.depth > DEEPEST_NESTING) {
      this.problem('Recursion LIMIT!');
      return openList([], name, outer);
    }
    this.trace?.push({
      kind: 'nested',
      depth: list.depth,
      extension: list.label,
      requireNested: condition.requireNested,
    });
    return list;
  }

  /** A condition whose test needs nothing looked up: whether it passed. Undefined for any other; nothing is done then. */
  private testAtOnce(condition: Condition, list: ConditionList): boolean | undefined {
    this.captures = undefined;
    const { field, expression } = condition;
    if (field === undefined || condition.time !== undefined || condition.rule !== undefined || expression.expands) {
      return undefined;
    }
    const passed = this.testUnseen(field, expression);
    if (passed !== undefined) {
      list.proceed = passed;
      return passed;
    }
    const value = this.valueAtOnce(field);
    return value === undefined ? undefined : this.testField(condition, field, value, expression.text, list);
  }

  /**
   * Matches a caller profile field of which a witness learns no more than whether it passes; its value only where something is
   * made of what was captured. Undefined where the value has to be looked at.
   */
  private testUnseen(
    { profileField: field }: Field,
    { text, expands, captures, compiled }: Expression,
  ): boolean | undefined {
    const { witness } = this.request;
    if (witness === undefined || field === undefined || expands || !(compiled instanceof Pattern)) return undefined;
    if (this.channel.profile.changedField(field.name) !== undefined) return undefined;
    const passed = witness.matches(field, text, compiled);
    if (captures) this.captures = new UnseenCaptures({ field, expression: text, pattern: compiled, witness });
    return passed;
  }

  /** Any condition: its time, its rule or its field. Returns whether it passed, and sets `list.proceed`. */
  private *test(condition: Condition, list: ConditionList): Asking<boolean> {
    const { field, time, rule } = condition;
    const inTime = time === undefined ? undefined : yield* this.testTime(condition, time, list);
    if (inTime !== undefined) list.proceed = inTime;
    let passed = false;
    if (rule !== undefined) {
      passed = yield* this.testRule(rule, list);
      this.trace?.push({ kind: 'rule', depth: list.depth, extension: list.label, passed, place: condition.place });
    } else if (field !== undefined) {
      const value = yield* this.value(field);
      passed = this.testField(condition, field, value, yield* this.expressionText(condition.expression), list);
    } else if (inTime === undefined) {
      this.trace?.push({ kind: 'absolute', depth: list.depth, extension: list.label, place: condition.place });
      passed = true;
      list.proceed = true;
    }
    return passed || inTime === true;
  }

  /**
   * Evaluates a rule's children. `list.proceed` is left at what FreeSWITCH leaves it at: the last child's result, or that
   * of the last capturing child where it passed.
   */
  private *testRule(rule: Rule, list: ConditionList): Asking<boolean> {
    this.channel.deleteByPrefix(REGEX_MATCH_VARIABLES);
    let passes = 0;
    let fails = 0;
    let kept: Captures | undefined;
    for (const [index, child] of rule.children.entries()) {
      const childPassed = yield* this.testChild(child, list);
      if (childPassed) passes += 1;
      else fails += 1;
      const decided = rule.kind === 'any' ? childPassed : rule.kind === 'all' && !childPassed;
      const { captures } = this;
      // An expanded expression is gone when the loop ends, and with it the use of its captures.
      if (child.expression.expands) this.captures = undefined;
      // Under "any" the loop ends before the captures are kept.
      if (decided) break;
      if (captures === undefined) continue;
      this.setMatchVariable(`${REGEX_MATCH_VARIABLES}_${index + 1}`, captures);
      kept = captures;
      if (this.captures !== undefined) this.captures = withoutMatch(captures);
    }
    if (kept?.match !== undefined) {
      list.proceed = true;
      this.captures = kept;
    }
    if (rule.kind === 'xor') return passes === 1;
    return rule.kind === 'all' ? fails === 0 : passes > 0;
  }

  private *testChild(child: Test, list: ConditionList): Asking<boolean> {
    const { field, time } = child;
    this.captures = undefined;
    const inTime = time === undefined ? undefined : yield* this.testTime(child, time, list);
    const expression = yield* this.expressionText(child.expression);
    if (field !== undefined) return this.testField(child, field, yield* this.value(field), expression, list);
    if (inTime === undefined) {
      this.trace?.push({ kind: 'absolute', depth: list.depth, extension: list.label, place: child.place });
    }
    if (inTime !== false) list.proceed = true;
    return inTime !== false;
  }

  private *testTime(test: Test, time: TimeTest, list: ConditionList): Asking<boolean | undefined> {
    const offsetHours = yield* this.variable('tod_tz_offset');
    const zone = isOffset(offsetHours) ? undefined : yield* this.variable('timezone');
    const { moment, witness } = this.request;
    const clock = { offsetHours, zone };
    const passed = witness === undefined ? timeMatches(time, moment, clock) : witness.learnTime(time, clock);
    if (passed !== undefined) {
      const { depth, label: extension } = list;
      this.trace?.push({ kind: 'time', depth, extension, passed, place: test.place, test: time, moment, clock });
    }
    return passed;
  }

  /** Matches a field's value; returns whether it does, sets `list.proceed` and, with a parenthesis, the captures. */
  private testField(test: Test, field: Field, value: Bytes, expression: Bytes, list: ConditionList): boolean {
    const capturing = test.expression.expands ? expression.includes('(') : test.expression.captures;
    const pattern = this.patternOf(test.expression, expression);
    let passed = false;
    if (capturing) {
      const match = pattern?.match(value, this.giveUp);
      passed = match !== undefined;
      this.captures = { subject: value, match };
    } else if (pattern !== undefined) {
      passed = pattern.test(value, this.giveUp);
    }
    list.proceed = passed;
    this.trace?.push({
      kind: 'regex',
      depth: list.depth,
      extension: list.label,
      passed,
      field: field.text,
      value,
      expression,
      place: test.place,
    });
    return passed;
  }

  private patternOf(expression: Expression, text: Bytes): Pattern | undefined {
    const compiled = expression.compiled ?? this.request.compiler.compilePassing(text);
    if (compiled instanceof Pattern) return compiled;
    this.problem(describeBroken(compiled, text));
    return undefined;
  }

  private readonly giveUp = (reason: string): void => {
    this.problem(`Regular expression gave up: ${reason}`);
  };

  /** A field's value where nothing has to be asked or expanded for it. */
  private valueAtOnce({ kind, text, profileField, variable }: Field): Bytes | undefined {
    if (kind === 'text') return text;
    if (kind === 'profile') return profileField === undefined ? '' : (this.channel.profile.read(profileField) ?? '');
    const value = variable === undefined ? undefined : this.channel.lookUp(variable, -1);
    return value === undefined || needsExpansion(value) ? undefined : value;
  }

  private *value(field: Field): Asking<Bytes> {
    return this.valueAtOnce(field) ?? (yield* expand(field.text, this.surroundings));
  }

  private *expressionText({ text, expands }: Expression): Asking<Bytes> {
    return expands ? yield* expand(text, this.surroundings) : text;
  }

  /** Takes a condition's actions, or anti-actions, of which one is enough to proceed. */
  private *takeAll(actions: readonly Action[], anti: boolean, list: ConditionList): Asking<void> {
    for (const action of actions) {
      const { application, data } = action;
      const { captures } = this;
      const { neutraliseCaptures } = this.request;
      const hunted =
        anti || captures === undefined
          ? { application, data }
          : withCaptures(application, data, captures, neutraliseCaptures);
      yield* this.take(action, hunted, anti, list.depth);
      if (anti) list.proceed = true;
    }
  }

  private *take(action: Action, hunted: HuntedApplication, anti: boolean, depth: number): Asking<void> {
    const { application, inline, data: written, pointer } = action;
    this.reachedAction = true;
    for (let round = 0; round < action.loop; round += 1) {
      this.trace?.push({ kind: 'action', depth, anti, application, data: hunted.data, inline, written, pointer });
      if (inline) yield* this.executeInline(application, hunted.data);
      else this.add(hunted);
    }
  }

  private add(hunted: HuntedApplication): void {
    if (this.mayHoldQuote(hunted) && hunted.data.includes("\\'")) {
      this.problem(`App not added, Invalid character sequence in data string [${hunted.data}]`);
      return;
    }
    this.applications.push(hunted);
  }

  /** Whether the data, of which nobody looked at what was captured, can have one. */
  private mayHoldQuote({ template }: HuntedApplication): boolean {
    const { witness } = this.request;
    if (template === undefined || witness === undefined) return true;
    const pattern = this.request.compiler.compileLasting(QUOTE);
    return (
      template.written.includes(QUOTE) ||
      !(pattern instanceof Pattern) ||
      witness.matches(template.field, QUOTE, pattern)
    );
  }

  private *executeInline(application: Bytes, data: Bytes): Asking<void> {
    const known = findApplication(application);
    if (known?.inline === false) {
      this.problem('This application cannot be executed inline');
      this.inline.push({ application, data });
      return;
    }
    const { channel } = this;
    const answer = (yield new InlineEffect(application, data, channel)) as Executed;
    if (answer.kind === 'executed') {
      this.surroundings.channel = Channel.after(this.channel, answer.data, MATCH_VARIABLES);
      this.surroundings.answers.forget();
      this.inline.push({ application, data });
    } else if (known === undefined) {
      this.problem(`Invalid Application ${application}`);
      this.inline.push({ application, data });
    } else {
      this.inline.push({
        application,
        data,
        executed: yield* simulateApplication(known.name, data, this.surroundings),
      });
    }
  }

  /** Most often nobody looks at it before the next match: it is worked out when somebody does. */
  private setMatchVariable(name: Bytes, captures: Captures): void {
    this.channel.putLater(name, () => variableOfCaptures(name, captures, this.request.neutraliseCaptures));
  }

  private *variable(name: Bytes): Asking<Bytes | undefined> {
    return yield* lookUp(name, -1, this.surroundings);
  }

  private traceParsing({ name, continueText }: Extension): void {
    const context = this.channel.profile.changedField('context') ?? this.request.context;
    this.trace?.push({ kind: 'parsing', context, extension: name, continue: continueText ?? 'false' });
  }

  private problem(message: Bytes): void {
    this.trace?.push({ kind: 'problem', message });
  }
}

/**
 * Classes, as their changes are worked out when somebody looks: of an object literal with a getter V8 makes a hidden class for each
 * object, which lives in the old generation and so keeps the getter, the channel and all its data until a full collection.
 */
class HuntResult implements Hunted {
  /** No property: what is kept of a decision is kept without the channel. */
  readonly #channel: Channel;

  constructor(
    readonly route: boolean,
    readonly applications: readonly HuntedApplication[],
    readonly inline: readonly InlineExecution[],
    readonly trace: Trace,
    readonly matched: readonly Bytes[],
    channel: Channel,
  ) {
    this.#channel = channel;
  }

  get changes(): readonly VariableChange[] {
    return this.#channel.changesByPrefix(MATCH_VARIABLES);
  }
}

class InlineEffect implements ExecuteInline {
  readonly kind = 'execute';
  readonly #channel: Channel;

  constructor(
    readonly application: Bytes,
    readonly data: Bytes,
    channel: Channel,
  ) {
    this.#channel = channel;
  }

  get changes(): readonly VariableChange[] {
    return this.#channel.changesByPrefix(MATCH_VARIABLES);
  }
}

function describeBroken({ message, offset }: BrokenExpression, text: Bytes): Bytes {
  return offset === undefined
    ? `Regular Expression Error expression[${text}] ${message}`
    : `COMPILE ERROR: ${offset} [${message}][${text}]`;
}
