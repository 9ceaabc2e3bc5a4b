/**
 * Decides each of many calls, but works a decision out only once for all calls that look alike to it. While the evaluator
 * decides a call, everything it learns of that call is noted, in order; the notes of all calls make a tree. A later call is led
 * down the tree by its own values: where it ends at a decision, the evaluator would have learnt the same, and decided the same.
 */
import type { Bytes } from '../bytes.js';
import { keysLike, type ChannelHeaders, type Likeness, type ProfileField } from '../dialplan/caller-profile.js';
import { timeMatches, type ChannelClock, type Moment, type TimeTest } from '../dialplan/date-time.js';
import type { AskApi } from '../dialplan/effect.js';
import type { Pattern } from '../dialplan/pcre2.js';
import type { Finding, Witness } from '../dialplan/witness.js';
import { Classifier, type ValueClass } from '../pattern/classifier.js';
import type { AnswerSource, KnownAnswer } from '../replay/answer-source.js';

/** A call as far as a decision can depend on it. */
export interface CallToDecide {
  readonly data: ChannelHeaders;
  readonly answers: AnswerSource;
  readonly moment: Moment;
}

/** The same while it is watched what is learnt of it. */
export interface WatchedCall extends CallToDecide {
  readonly witness: Witness;
}

type Learnt = Finding | null;

/** Finds one thing out about a call, the `turn`th. There is one of it for all calls. */
interface Question {
  (call: CallToDecide, turn: number): Learnt;
  /** Set where the answer follows from the class of a field's value, if it has one. */
  readonly values?: FieldValues;
}

/** What calls are asked that come here, and where their answers lead; most often all have the same. */
class Crossing {
  private others: Map<Learnt, Place> | undefined;
  /** Where values of a class lead that many questions in a row are about. */
  private leaps: Map<ValueClass, Place> | undefined;

  constructor(
    readonly question: Question,
    private readonly usual: Learnt,
    private readonly usualPlace: Place,
  ) {}

  /** The next place for a call; undefined where none like it came by. */
  next(call: CallToDecide, turn: number): Place | undefined {
    const { values } = this.question;
    const valueClass = values?.classOf(call, turn);
    if (valueClass === undefined) return this.follow(this.question(call, turn));
    return this.leaps?.get(valueClass) ?? this.leap(valueClass, call, turn);
  }

  follow(answer: Learnt): Place | undefined {
    return answer === this.usual ? this.usualPlace : this.others?.get(answer);
  }

  lead(answer: Learnt, place: Place): void {
    this.others ??= new Map();
    this.others.set(answer, place);
  }

  private leap(valueClass: ValueClass, call: CallToDecide, turn: number): Place | undefined {
    const { values } = this.question;
    let place = this.follow(this.question(call, turn));
    while (place instanceof Crossing && place.question.values === values)
      place = place.follow(place.question(call, turn));
    if (place === undefined) return undefined;
    if (this.leaps === undefined || this.leaps.size >= MOST_LEAPS) this.leaps = new Map();
    this.leaps.set(valueClass, place);
    return place;
  }
}

type Place = Crossing | { readonly decision: unknown };

interface Note {
  readonly question: Question;
  readonly answer: Learnt;
}

/** How many crossings the tree may have: it is forgotten then, and begun anew, so that memory stays flat. */
const MOST_CROSSINGS = 300_000;
/** So many classes' ways are remembered at one crossing. */
const MOST_LEAPS = 4_000;
/** Of so many values of a field it is remembered what PCRE2 said of them. */
const MOST_VALUES = 5_000;
const SEPARATOR = '\n';

export class DecisionMemo<Call extends CallToDecide, Decision> {
  private questions = new Questions();
  private root: Place | undefined;
  private crossings = 0;
  private turn = 0;

  /** @param decide reads nothing of the call but through what it is given */
  constructor(private readonly decide: (watched: WatchedCall, call: Call) => Decision) {}

  decisionOf(call: Call): Decision {
    this.turn += 1;
    const { turn } = this;
    let place = this.root;
    while (place instanceof Crossing) place = place.next(call, turn);
    return place === undefined ? this.workOut(call) : (place.decision as Decision);
  }

  private workOut(call: Call): Decision {
    if (this.crossings >= MOST_CROSSINGS) {
      this.root = undefined;
      this.questions = new Questions();
      this.crossings = 0;
    }
    const watch = new Watch(call, this.turn, this.questions);
    const decision = this.decide(watch, call);
    this.remember(watch.notes, decision);
    return decision;
  }

  private remember(notes: readonly Note[], decision: Decision): void {
    let place = this.root;
    let last: Crossing | undefined;
    let known = 0;
    for (; place instanceof Crossing; known += 1) {
      last = place;
      place = place.follow((notes[known] as Note).answer);
    }
    let rest: Place = { decision };
    const first = last === undefined ? 0 : known;
    for (const { question, answer } of notes.slice(first).reverse()) {
      rest = new Crossing(question, kept(answer), rest);
      this.crossings += 1;
    }
    if (last === undefined) this.root = rest;
    else last.lead(kept((notes[known - 1] as Note).answer), rest);
  }
}

/** A piece cut out of a line holds all of the line; a copy of it does not. */
function kept<Answer extends Learnt>(answer: Answer): Answer {
  return typeof answer === 'string' ? (Buffer.from(answer, 'latin1').toString('latin1') as Answer) : answer;
}

/** All questions, each made once: what is kept of a call holds nothing of the hunt that asked. */
class Questions {
  private readonly byKind = new Map<unknown, Map<unknown, Question>>();
  private readonly fields = new Map<ProfileField, FieldValues>();

  about(field: ProfileField): FieldValues {
    let values = this.fields.get(field);
    if (values === undefined) {
      values = new FieldValues(field);
      this.fields.set(field, values);
    }
    return values;
  }

  get(kind: unknown, key: unknown, make: () => Question): Question {
    let byKey = this.byKind.get(kind);
    if (byKey === undefined) {
      byKey = new Map();
      this.byKind.set(kind, byKey);
    }
    let question = byKey.get(key);
    if (question === undefined) {
      question = make();
      byKey.set(key, question);
    }
    return question;
  }
}

/** Notes each thing once that is learnt of a call. */
class Watch implements WatchedCall, Witness {
  readonly notes: Note[] = [];
  private readonly known = new Map<Question, Learnt>();
  readonly data: ChannelHeaders;
  readonly answers: AnswerSource;
  readonly moment: Moment;
  readonly witness = this;

  constructor(
    private readonly call: CallToDecide,
    private readonly turn: number,
    private readonly questions: Questions,
  ) {
    this.moment = call.moment;
    this.data = {
      get: (header) => this.ask(questions.get('header', header, () => headerQuestion(header))) as Bytes | undefined,
      keys: () => this.headersLike('', 'begins'),
      keysLike: (text, how) => this.headersLike(text, how),
    };
    this.answers = {
      global: (name) => this.ask(questions.get('global', name, () => globalQuestion(name))) as KnownAnswer,
      api: (api) => {
        const key = `${api.expandedText}${SEPARATOR}${api.text}`;
        return this.ask(questions.get('api', key, () => apiQuestion(api))) as KnownAnswer;
      },
    };
  }

  learn<Result extends Finding>(field: ProfileField, key: unknown, work: (value: Bytes) => Result): Result {
    return this.ask(this.questions.get(field, key, () => fieldQuestion(field, work))) as Result;
  }

  matches(field: ProfileField, expression: Bytes, pattern: Pattern): boolean {
    const values = this.questions.about(field);
    return this.ask(this.questions.get(values, expression, () => values.question(expression, pattern))) as boolean;
  }

  learnTime(test: TimeTest, clock: ChannelClock): boolean | undefined {
    const key = `${clock.offsetHours ?? ''}${SEPARATOR}${clock.zone ?? ''}`;
    return this.ask(this.questions.get(test, key, () => timeQuestion(test, clock))) as boolean | undefined;
  }

  private headersLike(text: string, how: Likeness): string[] {
    const joined = this.ask(this.questions.get(how, text, () => namesQuestion(text, how))) as string;
    return joined === '' ? [] : joined.split(SEPARATOR);
  }

  private ask(question: Question): Learnt {
    const known = this.known.get(question);
    if (known !== undefined || this.known.has(question)) return known;
    const answer = question(this.call, this.turn);
    this.known.set(question, answer);
    this.notes.push({ question, answer });
    return answer;
  }
}

function headerQuestion(header: string): Question {
  return ({ data }) => data.get(header);
}

function namesQuestion(text: string, how: Likeness): Question {
  return ({ data }) => {
    let joined: string | undefined;
    for (const name of keysLike(data, text, how)) joined = joined === undefined ? name : joined + SEPARATOR + name;
    return joined ?? '';
  };
}

function globalQuestion(name: Bytes): Question {
  return ({ answers }) => answers.global(name);
}

function apiQuestion(api: AskApi): Question {
  return ({ answers, moment }) => answers.api(api, moment);
}

function timeQuestion(test: TimeTest, clock: ChannelClock): Question {
  return ({ moment }) => timeMatches(test, moment, clock);
}

function fieldQuestion(field: ProfileField, work: (value: Bytes) => Finding): Question {
  return ({ data }) => work(valueOf(field, data));
}

function valueOf({ headers, missing = '' }: ProfileField, data: ChannelHeaders): Bytes {
  return (headers === undefined ? undefined : data.get(headers.Caller)) ?? missing;
}

/** Which expressions the values of one field match: one walk over a value tells of most of them, PCRE2 of the others. */
class FieldValues {
  private readonly classifier = new Classifier();
  private askedByValue = new Map<Bytes, boolean[]>();
  private value: Bytes = '';
  private valueClass: ValueClass | undefined;
  private asked: boolean[] | undefined;
  private turn = 0;
  private questions = 0;

  constructor(private readonly field: ProfileField) {}

  question(expression: Bytes, pattern: Pattern): Question {
    const number = this.classifier.add(expression);
    const index = this.questions;
    this.questions += 1;
    // What is known of the value at hand knows nothing of the new expression.
    this.turn = 0;
    this.valueClass = undefined;
    if (number === undefined) {
      return (call, turn) => {
        this.turnTo(call, turn);
        return this.ask(index, pattern);
      };
    }
    const answer = (call: CallToDecide, turn: number): boolean =>
      this.classOf(call, turn)?.[number] ?? this.ask(index, pattern);
    return Object.assign(answer, { values: this });
  }

  /** The class of a call's value; undefined if it has none. */
  classOf(call: CallToDecide, turn: number): ValueClass | undefined {
    this.turnTo(call, turn);
    return this.valueClass;
  }

  private turnTo({ data }: CallToDecide, turn: number): void {
    if (turn === this.turn) return;
    this.turn = turn;
    this.asked = undefined;
    const value = valueOf(this.field, data);
    if (value === this.value && this.valueClass !== undefined) return;
    this.value = value;
    this.valueClass = this.classifier.classOf(value);
  }

  private ask(index: number, pattern: Pattern): boolean {
    const asked = (this.asked ??= this.askedOfValue());
    return (asked[index] ??= pattern.test(this.value));
  }

  private askedOfValue(): boolean[] {
    let asked = this.askedByValue.get(this.value);
    if (asked === undefined) {
      if (this.askedByValue.size >= MOST_VALUES) this.askedByValue = new Map();
      asked = [];
      this.askedByValue.set(kept(this.value), asked);
    }
    return asked;
  }
}
