/**
 * PCRE2, the library FreeSWITCH matches with, called in the system's own build through koffi, with JIT and a match limit.
 * Everything here is bytes: patterns and subjects are byte strings, offsets count bytes.
 */
import koffi, { type LibraryHandle } from 'koffi';
import type { Bytes } from '../bytes.js';
import { NativeBytes } from './native-bytes.js';

/** Steps PCRE2 may take for one match before it gives up (FreeSWITCH: 10,000,000, which can hold a thread for seconds). */
export const DEFAULT_MATCH_LIMIT = 100_000;

const LIBRARY_NAMES = ['libpcre2-8.so.0', 'libpcre2-8.so', 'libpcre2-8.0.dylib', 'libpcre2-8.dylib', 'pcre2-8.dll'];

const CASELESS = 0x00000008;
const DOTALL = 0x00000020;
const JIT_COMPLETE = 0x00000001;
const NO_JIT = 0x00002000;
const PARTIAL_HARD = 0x00000020;
const CONFIG_VERSION = 11;
const INFO_CAPTURE_COUNT = 4;
const ERROR_NO_MATCH = -1;
const ERROR_PARTIAL = -2;
const ERROR_JIT_STACK_LIMIT = -46;
/** Limits a pattern sets itself, which JIT does not know and FreeSWITCH, without JIT, obeys. */
const INTERPRETED_ONLY = /^(?:\(\*[A-Z0-9_=]+\))*\(\*LIMIT_(?:DEPTH|RECURSION|HEAP)=/;
const UNSET = 0xffff_ffff_ffff_ffffn;
const JIT_STACK_START = 32 * 1024;
const JIT_STACK_MAX = 1024 * 1024;
const FIRST_SUBJECT_CAPACITY = 64 * 1024;
const ERROR_MESSAGE_LENGTH = 256;

/** The system has no PCRE2: nothing can be hunted. */
export class Pcre2MissingError extends Error {
  readonly code = 'PCRE2_MISSING';

  constructor(cause: unknown) {
    super(
      'the PCRE2 library (libpcre2-8) was not found; install it: Debian and Ubuntu "apt-get install libpcre2-8-0", ' +
        'Red Hat "dnf install pcre2", Alpine "apk add pcre2", macOS "brew install pcre2"',
      { cause },
    );
    this.name = 'Pcre2MissingError';
  }
}

/** A pattern PCRE2 does not compile, with its own words and the offset in bytes. */
export interface PatternError {
  readonly message: string;
  readonly offset: number;
}

export interface PatternOptions {
  readonly caseless?: boolean;
  readonly dotAll?: boolean;
}

/** What a successful match captured; group 0 is the whole match. */
export interface Match {
  /** Highest group that took part, plus one: what `pcre2_match` returns and FreeSWITCH multiplies with. */
  readonly count: number;
  /** A group's text; undefined if the pattern has no such group or it took no part. */
  group(number: number): Bytes | undefined;
}

type Address = number;

interface Library {
  compile(
    pattern: Buffer,
    length: number,
    options: number,
    error: number[],
    offset: number[],
    context: Address,
  ): Address;
  jitCompile(code: Address, options: number): number;
  freeCode(code: Address): void;
  createMatchData(code: Address, context: Address): Address;
  freeMatchData(matchData: Address): void;
  ovector(matchData: Address): Address;
  match(
    code: Address,
    subject: Address,
    length: number,
    start: number,
    options: number,
    matchData: Address,
    context: Address,
  ): number;
  setMatchLimit(context: Address, limit: number): number;
  errorMessage(code: number, buffer: Buffer, length: number): number;
  config(what: number, where: Buffer | null): number;
  patternInfo(code: Address, what: number, where: number[]): number;
  readonly matchContext: Address;
}

let library: Library | undefined;

/** Loads the library unless it is loaded. @throws {@link Pcre2MissingError} */
function pcre2(): Library {
  library ??= load();
  return library;
}

function load(): Library {
  const handle = open();
  const createMatchContext = handle.func('uintptr_t pcre2_match_context_create_8(uintptr_t)');
  const createJitStack = handle.func('uintptr_t pcre2_jit_stack_create_8(size_t, size_t, uintptr_t)');
  const assignJitStack = handle.func('void pcre2_jit_stack_assign_8(uintptr_t, uintptr_t, uintptr_t)');
  const setMatchLimit = handle.func('int pcre2_set_match_limit_8(uintptr_t, uint32_t)');
  const matchContext = createMatchContext(0) as Address;
  assignJitStack(matchContext, 0, createJitStack(JIT_STACK_START, JIT_STACK_MAX, 0));
  setMatchLimit(matchContext, DEFAULT_MATCH_LIMIT);
  return {
    compile: handle.func('uintptr_t pcre2_compile_8(void *, size_t, uint32_t, _Out_ int *, _Out_ size_t *, uintptr_t)'),
    jitCompile: handle.func('int pcre2_jit_compile_8(uintptr_t, uint32_t)'),
    freeCode: handle.func('void pcre2_code_free_8(uintptr_t)'),
    createMatchData: handle.func('uintptr_t pcre2_match_data_create_from_pattern_8(uintptr_t, uintptr_t)'),
    freeMatchData: handle.func('void pcre2_match_data_free_8(uintptr_t)'),
    ovector: handle.func('uintptr_t pcre2_get_ovector_pointer_8(uintptr_t)'),
    match: handle.func('int pcre2_match_8(uintptr_t, uintptr_t, size_t, size_t, uint32_t, uintptr_t, uintptr_t)'),
    setMatchLimit,
    errorMessage: handle.func('int pcre2_get_error_message_8(int, void *, size_t)'),
    config: handle.func('int pcre2_config_8(uint32_t, void *)'),
    patternInfo: handle.func('int pcre2_pattern_info_8(uintptr_t, uint32_t, _Out_ uint32_t *)'),
    matchContext,
  };
}

function open(): LibraryHandle {
  let cause: unknown;
  for (const name of LIBRARY_NAMES) {
    try {
      return koffi.load(name);
    } catch (error) {
      cause ??= error;
    }
  }
  throw new Pcre2MissingError(cause);
}

/** The library's version as it says it, such as `10.42 2022-12-11`. @throws {@link Pcre2MissingError} */
export function pcre2Version(): string {
  const buffer = Buffer.alloc(64);
  const length = pcre2().config(CONFIG_VERSION, buffer);
  return buffer.toString('latin1', 0, length - 1);
}

/** Sets the number of steps one match may take, for every pattern from now on. */
export function setMatchLimit(limit: number): void {
  pcre2().setMatchLimit(pcre2().matchContext, limit);
  currentMatchLimit = limit;
}

let currentMatchLimit = DEFAULT_MATCH_LIMIT;

/** The number of steps one match may take. */
export function matchLimit(): number {
  return currentMatchLimit;
}

/** One native buffer holds the subject of the match at hand; most hunts match the same field again and again. */
class Subject {
  private memory: NativeBytes | undefined;
  private held: Bytes | undefined;
  address: Address = 0;

  hold(subject: Bytes): void {
    if (subject === this.held) return;
    this.memory ??= new NativeBytes(FIRST_SUBJECT_CAPACITY);
    if (subject.length > this.memory.capacity) this.memory.grow(2 ** Math.ceil(Math.log2(subject.length)), 0);
    this.memory.bytes.write(subject, 0, 'latin1');
    this.address = this.memory.address;
    this.held = subject;
  }
}

const subjectBuffer = new Subject();

interface NativePattern {
  readonly code: Address;
  readonly matchData: Address;
}

const released = new FinalizationRegistry<NativePattern>(({ code, matchData }) => {
  pcre2().freeMatchData(matchData);
  pcre2().freeCode(code);
});

/** A compiled pattern. Its native memory is freed after it is garbage. */
export class Pattern {
  private readonly ovector: BigUint64Array;

  private constructor(
    private readonly native: NativePattern,
    /** How many capturing groups it has. */
    readonly groups: number,
  ) {
    const pairs = groups + 1;
    this.ovector = new BigUint64Array(koffi.view(pcre2().ovector(native.matchData), pairs * 16));
    released.register(this, native);
  }

  /** Compiles; returns PCRE2's complaint where it does not. @throws {@link Pcre2MissingError} */
  static compile(pattern: Bytes, options: PatternOptions = {}): Pattern | PatternError {
    // With the NUL, so that there is an address also where the pattern is empty.
    const bytes = Buffer.from(`${pattern}\0`, 'latin1');
    const flags = (options.caseless === true ? CASELESS : 0) | (options.dotAll === true ? DOTALL : 0);
    const error = [0];
    const offset = [0];
    const code = pcre2().compile(bytes, pattern.length, flags, error, offset, 0);
    if (code === 0) return { message: errorMessage(error[0] as number), offset: offset[0] as number };
    if (!INTERPRETED_ONLY.test(pattern)) pcre2().jitCompile(code, JIT_COMPLETE);
    const groups = [0];
    pcre2().patternInfo(code, INFO_CAPTURE_COUNT, groups);
    return new Pattern({ code, matchData: pcre2().createMatchData(code, 0) }, groups[0] as number);
  }

  /** Whether the pattern matches somewhere in the subject; `onError` hears why PCRE2 gave up, which counts as no match. */
  test(subject: Bytes, onError?: (reason: string) => void): boolean {
    return this.run(subject, onError) > 0;
  }

  /** The captures of the first match; undefined if there is none or PCRE2 gave up (`onError` hears why). */
  match(subject: Bytes, onError?: (reason: string) => void): Match | undefined {
    const count = this.run(subject, onError);
    if (count <= 0) return undefined;
    const offsets = this.ovector.slice(0, count * 2);
    return {
      count,
      group(number) {
        const start = offsets[number * 2];
        const end = offsets[number * 2 + 1];
        if (start === undefined || end === undefined || start === UNSET || start > end) return undefined;
        return subject.slice(Number(start), Number(end));
      },
    };
  }

  /**
   * Where a subject that does not match stops being one: the length of its longest beginning that matches or that some text
   * behind it could make match. Looks at the first `most` bytes of the subject.
   */
  stoppedAt(subject: Bytes, most: number): number {
    subjectBuffer.hold(subject);
    for (let length = Math.min(subject.length, most); length > 0; length -= 1) {
      const count = this.call(subjectBuffer.address, length, PARTIAL_HARD | NO_JIT);
      if (count > 0 || count === ERROR_PARTIAL) return length;
    }
    return 0;
  }

  private run(subject: Bytes, onError: ((reason: string) => void) | undefined): number {
    subjectBuffer.hold(subject);
    let count = this.call(subjectBuffer.address, subject.length, 0);
    if (count === ERROR_JIT_STACK_LIMIT) count = this.call(subjectBuffer.address, subject.length, NO_JIT);
    if (count < ERROR_NO_MATCH) onError?.(errorMessage(count));
    return count;
  }

  private call(subject: Address, length: number, options: number): number {
    const { matchContext } = pcre2();
    return pcre2().match(this.native.code, subject, length, 0, options, this.native.matchData, matchContext);
  }
}

function errorMessage(code: number): string {
  const buffer = Buffer.alloc(ERROR_MESSAGE_LENGTH);
  const length = pcre2().errorMessage(code, buffer, buffer.length);
  return length < 0 ? `PCRE2 error ${code}` : buffer.toString('latin1', 0, length);
}
