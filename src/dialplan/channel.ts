/** The channel being hunted for: its data as FreeSWITCH sent it, and what the hunt and its inline applications changed. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from './c-values.js';
import { CallerProfile, keysLike, type ChannelData, type ChannelHeaders } from './caller-profile.js';
import { variableFromData, valueAt, type Variable, type VariableStore } from './variables.js';

const VARIABLE_PREFIX = 'variable_';
const A_LEG = 'aleg_';
const B_LEG = 'bleg_';
const LEG_TYPES: Readonly<Record<string, string>> = { [A_LEG]: 'originator', [B_LEG]: 'originatee' };

/** A variable the hunt itself changed: null if it was removed. */
export interface VariableChange {
  readonly name: Bytes;
  readonly variable: Variable | null;
}

export class Channel implements VariableStore {
  private readonly changes = new Map<Bytes, Variable | null | (() => Variable | undefined)>();
  private readonly scopes: VariableStore[] = [];
  readonly profile: CallerProfile;

  constructor(private readonly data: ChannelHeaders) {
    this.profile = new CallerProfile(data, 'Caller');
  }

  /**
   * What `${name}` or `${name[index]}` finds on the channel: scope variables, channel variables, caller profile.
   * Undefined is the place to ask for a global variable, whose name is `globalName`.
   */
  lookUp(name: Bytes, index: number): Bytes | undefined {
    for (const scope of this.scopes) {
      const scoped = scope.get(name);
      const value = scoped === undefined ? undefined : valueAt(scoped, index);
      if (value !== undefined) return value;
    }
    const variable = this.get(name);
    const value = variable === undefined ? undefined : valueAt(variable, index);
    if (value !== undefined) return value;
    const leg = legPrefix(name);
    if (leg === undefined) return this.profile.readByName(name);
    if (this.data.get('Other-Type') !== LEG_TYPES[leg]) return undefined;
    return new CallerProfile(this.data, 'Other-Leg').readByName(name.slice(leg.length));
  }

  get(name: Bytes): Variable | undefined {
    if (this.changes.size > 0) {
      const changed = this.changeOf(lowerCase(name));
      if (changed !== undefined) return changed ?? undefined;
    }
    return this.inData(name);
  }

  put(variable: Variable): void {
    this.changes.set(lowerCase(variable.name), variable);
  }

  /** Sets a variable that is worked out when somebody looks at it; undefined removes it. */
  putLater(name: Bytes, work: () => Variable | undefined): void {
    const key = lowerCase(name);
    this.changes.delete(key);
    this.changes.set(key, work);
  }

  delete(name: Bytes): void {
    const key = lowerCase(name);
    if (this.inData(name) !== undefined) this.changes.set(key, null);
    else this.changes.delete(key);
  }

  /** Removes every variable whose name begins with the prefix, in any case. */
  deleteByPrefix(prefix: Bytes): void {
    const beginning = lowerCase(prefix);
    for (const header of keysLike(this.data, VARIABLE_PREFIX + beginning, 'begins')) {
      this.delete(header.slice(VARIABLE_PREFIX.length));
    }
    for (const key of [...this.changes.keys()]) if (key.startsWith(beginning)) this.delete(key);
  }

  /** Variables that hide the channel's own until {@link leaveScope} (`%[a=b]` before an application's data). */
  enterScope(scope: VariableStore): void {
    this.scopes.unshift(scope);
  }

  leaveScope(): void {
    this.scopes.shift();
  }

  /** How the channel's variables differ from its data, for those whose names begin with a prefix. */
  changesByPrefix(prefix: Bytes): VariableChange[] {
    const beginning = lowerCase(prefix);
    return [...this.changes.keys()].flatMap((key) => {
      const variable = key.startsWith(beginning) ? this.changeOf(key) : undefined;
      return variable === undefined ? [] : [{ name: variable?.name ?? key, variable }];
    });
  }

  private changeOf(key: Bytes): Variable | null | undefined {
    const change = this.changes.get(key);
    if (typeof change !== 'function') return change;
    const variable = change() ?? (this.inData(key) === undefined ? undefined : null);
    if (variable === undefined) this.changes.delete(key);
    else this.changes.set(key, variable);
    return variable;
  }

  /**
   * The channel with new data. An array of one looks like plain text there: what the hunt set, under a prefix, and finds
   * again unchanged stays the array it was.
   */
  static after(before: Channel, data: ChannelData, prefix: Bytes): Channel {
    const channel = new Channel(data);
    for (const { name, variable } of before.changesByPrefix(prefix)) {
      if (variable !== null && channel.get(name)?.value === variable.value) channel.put(variable);
    }
    return channel;
  }

  private inData(name: Bytes): Variable | undefined {
    const header = VARIABLE_PREFIX + name;
    const value = this.data.get(header);
    if (value !== undefined) return variableFromData(name, value);
    const spelled = this.findSpelling(header);
    return spelled === undefined
      ? undefined
      : variableFromData(spelled.slice(VARIABLE_PREFIX.length), this.data.get(spelled) ?? '');
  }

  /** The header of that name in any case. Most look-ups find theirs as it is spelled, so no index is worth its making. */
  private findSpelling(header: string): string | undefined {
    const wanted = lowerCase(header);
    for (const candidate of this.data.keysLike?.(wanted, 'is') ?? this.data.keys()) {
      if (candidate.length === wanted.length && lowerCase(candidate) === wanted) return candidate;
    }
    return undefined;
  }
}

/** The name under which a global variable is asked for when the channel has none: without `aleg_` or `bleg_`. */
export function globalName(name: Bytes): Bytes {
  return name.slice(legPrefix(name)?.length ?? 0);
}

function legPrefix(name: Bytes): Bytes | undefined {
  if (name.startsWith(A_LEG)) return A_LEG;
  return name.startsWith(B_LEG) ? B_LEG : undefined;
}
