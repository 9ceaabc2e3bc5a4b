/** An event as FreeSWITCH holds it: headers in the order they were added, names without case, empty values left out. */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';

export type Header = readonly [name: string, value: Bytes];

export class Event {
  readonly headers: Header[] = [];
  body: Bytes | undefined;

  constructor(readonly name: string) {}

  add(name: string, value: Bytes | undefined): this {
    if (value !== undefined && value !== '') this.headers.push([name, value]);
    return this;
  }

  addAll(headers: Iterable<Header>): this {
    for (const [name, value] of headers) this.add(name, value);
    return this;
  }

  get(name: string): Bytes | undefined {
    const wanted = lowerCase(name);
    for (const [candidate, value] of this.headers) {
      if (candidate.length === wanted.length && lowerCase(candidate) === wanted) return value;
    }
    return undefined;
  }
}
