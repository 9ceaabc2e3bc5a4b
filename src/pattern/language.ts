/**
 * Regular languages over bytes, with intersection and complement, by Brzozowski's derivatives: what a text that begins with
 * a byte may go on with is a language again. Equal languages that are built alike are one object, so a search over them
 * ends. This is what can be *proved* about patterns; PCRE2 alone decides what one matches.
 */
import { ANY_BYTE, NO_BYTES, otherBytes, hasByte, likedByte, type ByteSet } from './byte-set.js';

export interface Language {
  readonly id: number;
  /** Whether the empty text is in it. */
  readonly nullable: boolean;
  readonly shape: Shape;
}

type Shape =
  | { readonly kind: 'bytes'; readonly set: ByteSet }
  | { readonly kind: 'empty' }
  | { readonly kind: 'then'; readonly first: Language; readonly rest: Language }
  | { readonly kind: 'repeat'; readonly body: Language; readonly min: number; readonly max: number }
  | { readonly kind: 'union' | 'intersection'; readonly members: readonly Language[] }
  | { readonly kind: 'complement'; readonly body: Language };

/** A set of bytes after each of which a language goes on alike. */
export interface Continuation {
  readonly set: ByteSet;
  readonly language: Language;
}

/** More languages would have to be made than are allowed. */
export class LanguageLimitError extends Error {
  constructor() {
    super('the patterns together are too large');
    this.name = 'LanguageLimitError';
  }
}

/** So many languages are made, no more. */
const MOST_LANGUAGES = 200_000;

/** Makes languages, and keeps those it made. Whatever makes one may throw a {@link LanguageLimitError}. */
export class Languages {
  private readonly made = new Map<string, Language>();
  private readonly partitions = new Map<Language, readonly ByteSet[]>();
  private readonly derivatives = new Map<Language, Map<number, Language>>();

  /** No text at all. */
  readonly none = this.make('b', { kind: 'bytes', set: NO_BYTES }, false);
  /** The empty text alone. */
  readonly empty = this.make('e', { kind: 'empty' }, true);
  /** Every text. */
  readonly all = this.repeat(this.bytes(ANY_BYTE), 0, Infinity);

  get size(): number {
    return this.made.size;
  }

  bytes(set: ByteSet): Language {
    return set === NO_BYTES ? this.none : this.make(`b${set.toString(36)}`, { kind: 'bytes', set }, false);
  }

  then(first: Language, rest: Language): Language {
    if (first === this.none || rest === this.none) return this.none;
    if (first === this.empty) return rest;
    if (rest === this.empty) return first;
    if (first.shape.kind === 'then') return this.then(first.shape.first, this.then(first.shape.rest, rest));
    if (first === this.all && (rest === this.all || this.beginsWithAll(rest))) return rest;
    return this.make(`t${first.id},${rest.id}`, { kind: 'then', first, rest }, first.nullable && rest.nullable);
  }

  private beginsWithAll({ shape }: Language): boolean {
    return shape.kind === 'then' && shape.first === this.all;
  }

  repeat(body: Language, min: number, max: number): Language {
    if (max === 0 || body.shape.kind === 'empty') return this.make('e', { kind: 'empty' }, true);
    if (body.shape.kind === 'bytes' && body.shape.set === NO_BYTES) return min === 0 ? this.empty : body;
    if (min === 1 && max === 1) return body;
    if (body.shape.kind === 'repeat' && body.shape.min === 0 && body.shape.max === Infinity) return body;
    const least = body.nullable ? 0 : min;
    const shape: Shape = { kind: 'repeat', body, min: least, max };
    return this.make(`r${body.id},${least},${max}`, shape, least === 0);
  }

  union(...languages: readonly Language[]): Language {
    const members = new Set<Language>();
    let set = NO_BYTES;
    for (const language of this.flatten('union', languages)) {
      if (language === this.all) return this.all;
      if (language.shape.kind === 'bytes') set |= language.shape.set;
      else members.add(language);
    }
    if (set !== NO_BYTES) members.add(this.bytes(set));
    for (const { shape } of members) {
      if (shape.kind === 'complement' && members.has(shape.body)) return this.all;
    }
    return this.makeOf('union', members, this.none);
  }

  intersection(...languages: readonly Language[]): Language {
    const members = new Set<Language>();
    let set: ByteSet | undefined;
    for (const language of this.flatten('intersection', languages)) {
      if (language === this.none) return this.none;
      if (language.shape.kind === 'bytes') set = (set ?? ANY_BYTE) & language.shape.set;
      else if (language !== this.all) members.add(language);
    }
    if (set !== undefined) {
      if (set === NO_BYTES) return this.none;
      members.add(this.bytes(set));
    }
    if (members.has(this.empty)) return [...members].every(({ nullable }) => nullable) ? this.empty : this.none;
    for (const { shape } of members) {
      if (shape.kind === 'complement' && members.has(shape.body)) return this.none;
    }
    return this.makeOf('intersection', members, this.all);
  }

  complement(language: Language): Language {
    if (language.shape.kind === 'complement') return language.shape.body;
    if (language === this.none) return this.all;
    if (language === this.all) return this.none;
    return this.make(`c${language.id}`, { kind: 'complement', body: language }, !language.nullable);
  }

  /** What the texts of a language that begin with a byte go on with, for every byte. */
  continuations(language: Language): Continuation[] {
    return this.partition(language).map((set) => ({ set, language: this.derive(language, likedByte(set)) }));
  }

  /** The texts `rest` for which `byte + rest` is in the language. */
  derive(language: Language, byte: number): Language {
    let known = this.derivatives.get(language);
    if (known === undefined) this.derivatives.set(language, (known = new Map<number, Language>()));
    let derived = known.get(byte);
    if (derived === undefined) known.set(byte, (derived = this.deriveAnew(language, byte)));
    return derived;
  }

  private deriveAnew({ shape }: Language, byte: number): Language {
    switch (shape.kind) {
      case 'empty':
        return this.none;
      case 'bytes':
        return hasByte(shape.set, byte) ? this.empty : this.none;
      case 'then': {
        const afterFirst = this.then(this.derive(shape.first, byte), shape.rest);
        return shape.first.nullable ? this.union(afterFirst, this.derive(shape.rest, byte)) : afterFirst;
      }
      case 'repeat': {
        const others = this.repeat(shape.body, Math.max(shape.min - 1, 0), shape.max - 1);
        return this.then(this.derive(shape.body, byte), others);
      }
      case 'union':
        return this.union(...shape.members.map((member) => this.derive(member, byte)));
      case 'intersection':
        return this.intersection(...shape.members.map((member) => this.derive(member, byte)));
      case 'complement':
        return this.complement(this.derive(shape.body, byte));
    }
  }

  /** All bytes, in sets after each of which the language goes on alike. */
  private partition(language: Language): readonly ByteSet[] {
    let sets = this.partitions.get(language);
    if (sets === undefined) this.partitions.set(language, (sets = this.partitionAnew(language)));
    return sets;
  }

  private partitionAnew({ shape }: Language): readonly ByteSet[] {
    switch (shape.kind) {
      case 'empty':
        return [ANY_BYTE];
      case 'bytes':
        return [shape.set & ANY_BYTE, otherBytes(shape.set)].filter((set) => set !== NO_BYTES);
      case 'then':
        return shape.first.nullable
          ? meet(this.partition(shape.first), this.partition(shape.rest))
          : this.partition(shape.first);
      case 'repeat':
      case 'complement':
        return this.partition(shape.body);
      case 'union':
      case 'intersection':
        return shape.members.map((member) => this.partition(member)).reduce(meet);
    }
  }

  private *flatten(kind: 'union' | 'intersection', languages: readonly Language[]): Generator<Language> {
    for (const language of languages) {
      if (language.shape.kind === kind) yield* language.shape.members;
      else yield language;
    }
  }

  private makeOf(kind: 'union' | 'intersection', set: ReadonlySet<Language>, ofNone: Language): Language {
    const members = [...set].sort((one, other) => one.id - other.id);
    if (members.length < 2) return members[0] ?? ofNone;
    const nullable = kind === 'union' ? members.some(isNullable) : members.every(isNullable);
    return this.make(`${kind[0] ?? ''}${members.map(({ id }) => id).join(',')}`, { kind, members }, nullable);
  }

  private make(key: string, shape: Shape, nullable: boolean): Language {
    let language = this.made.get(key);
    if (language === undefined) {
      if (this.made.size >= MOST_LANGUAGES) throw new LanguageLimitError();
      language = { id: this.made.size, nullable, shape };
      this.made.set(key, language);
    }
    return language;
  }
}

function isNullable({ nullable }: Language): boolean {
  return nullable;
}

function meet(ones: readonly ByteSet[], others: readonly ByteSet[]): readonly ByteSet[] {
  if (ones === others || others.length === 1) return ones;
  if (ones.length === 1) return others;
  return ones.flatMap((one) => others.map((other) => one & other)).filter((set) => set !== NO_BYTES);
}
