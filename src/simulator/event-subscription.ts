/** Which events a listener gets, and in what format (`event`, `nixevent`, `myevents`, `filter`; mod_event_socket's `event_handler`). */
import type { Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import type { Event, Header } from './event.js';
import { ALL_EVENTS, CUSTOM_EVENT, MY_EVENTS } from './event-names.js';
import type { EventFormat } from './serialize-event.js';

export class EventSubscription {
  format: EventFormat = 'plain';
  /** Whether there is any subscription at all. */
  enabled = false;
  /** `myevents`: those of the session alone. */
  mine = false;
  private all = false;
  /** Names left out although all are wanted. */
  private readonly except = new Set<string>();
  private readonly names = new Set<string>();
  private readonly subclasses = new Set<Bytes>();
  private filters: Header[] = [];

  add(name: string): void {
    if (name === ALL_EVENTS) {
      this.all = true;
      this.except.clear();
    } else {
      this.names.add(name);
      this.except.delete(name);
    }
  }

  remove(name: string): void {
    if (name === ALL_EVENTS) {
      this.all = false;
      this.names.clear();
    } else {
      this.names.delete(name);
      if (this.all) this.except.add(name);
    }
  }

  addSubclass(subclass: Bytes): void {
    this.subclasses.add(subclass);
  }

  removeSubclass(subclass: Bytes): void {
    this.subclasses.delete(subclass);
  }

  addMyEvents(): void {
    for (const name of MY_EVENTS) this.add(name);
    this.mine = true;
    this.enabled = true;
  }

  clear(): void {
    this.enabled = false;
    this.all = false;
    this.except.clear();
    this.names.clear();
    this.subclasses.clear();
  }

  addFilter(header: string, value: Bytes): void {
    // An empty value would remove the filters on that header, as it does in any of FreeSWITCH's lists of headers.
    if (value === '') this.removeFilters(header, '');
    else this.filters.push([header, value]);
  }

  removeFilters(header: string, value: Bytes): void {
    this.filters = this.filters.filter(
      ([name, text]) => lowerCase(name) !== lowerCase(header) || (value !== '' && text !== value),
    );
  }

  clearFilters(): void {
    this.filters = [];
  }

  wants(name: string): boolean {
    return this.enabled && ((this.all && !this.except.has(name)) || this.names.has(name));
  }

  /** Whether an event it wants by name goes to the listener of a session. */
  passes(event: Event, sessionUuid: string): boolean {
    if (event.name === CUSTOM_EVENT && !this.all) {
      const subclass = event.get('Event-Subclass');
      if (subclass !== undefined && !this.subclasses.has(subclass)) return false;
    }
    const passes = this.filters.length === 0 || this.passesFilters(event);
    if (!passes || !this.mine) return passes;
    return event.get('Unique-ID') === sessionUuid || event.get('Job-Owner-UUID') === sessionUuid;
  }

  /** One filter that matches lets an event through; one with `-` that matches keeps it back, whatever the others say. */
  private passesFilters(event: Event): boolean {
    let passes = false;
    for (const [header, filter] of this.filters) {
      const value = event.get(header);
      if (value === undefined) continue;
      const signs = /^[+\- ]*/.exec(filter)?.[0] ?? '';
      const keepsBack = signs.trimEnd().endsWith('-');
      if (passes && !keepsBack) continue;
      if (!filterMatches(filter, filter.slice(signs.length), value)) continue;
      if (keepsBack) return false;
      passes = true;
    }
    return passes;
  }
}

function filterMatches(filter: Bytes, text: Bytes, value: Bytes): boolean {
  if (!filter.startsWith('/')) return lowerCase(text) === lowerCase(value);
  const pattern = compileExpression(text);
  return pattern instanceof Pattern && pattern.test(value);
}
