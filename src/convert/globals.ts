/** FreeSWITCH's global variables as far as they are known while its XML is read. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { defuseReferences } from '../dialplan/variables.js';

export interface GivenGlobals {
  readonly values: ReadonlyMap<Bytes, Bytes>;
  /** Whether these are all that FreeSWITCH has, so that any other is empty; else any other is not known. */
  readonly complete: boolean;
}

/** One that could not be replaced stands for itself, also within another global's value. */
const KEPT_REFERENCE = /(\$\$\{[^{}]*\})/;

export class Globals {
  private readonly given: ReadonlyMap<Bytes, Bytes>;
  private readonly complete: boolean;
  private readonly values: Map<Bytes, Bytes>;

  constructor({ values, complete }: GivenGlobals) {
    this.given = new Map([...values].map(([name, value]) => [lowerCase(name), defuseReferences(value)]));
    this.complete = complete;
    this.values = new Map(this.given);
  }

  /** `cmd="set"`. */
  set(name: Bytes, value: Bytes): void {
    const parts = value.split(KEPT_REFERENCE);
    const stored = parts.map((part, index) => (index % 2 === 1 ? part : defuseReferences(part))).join('');
    this.values.set(lowerCase(name), stored);
  }

  /** Set from what only FreeSWITCH's machine has: the value that was given for it counts, else it is not known. */
  setElsewhere(name: Bytes): void {
    const given = this.given.get(lowerCase(name));
    if (given === undefined) this.values.delete(lowerCase(name));
    else this.values.set(lowerCase(name), given);
  }

  /** Undefined where it is not known. */
  read(name: Bytes): Bytes | undefined {
    return this.values.get(lowerCase(name)) ?? (this.complete ? '' : undefined);
  }
}
