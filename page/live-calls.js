/** The calls in progress as the server tells them, kept up to date by its events. */

/** @typedef {import('../src/supervisor/schemas/calls.js').CallRow} CallRow */
/** @typedef {import('../src/supervisor/schemas/calls.js').Counters} Counters */
/** @typedef {import('../src/supervisor/schemas/calls.js').LiveCalls} LiveMessage */
/** @typedef {'connecting' | 'connected' | 'lost'} Connection */

/** How long a call that ended stays to be seen. */
const LINGER_MS = 5_000;
const TRY_AGAIN_MS = 3_000;

export class LiveCalls {
  /** In order of arrival. @type {Map<string, CallRow>} */
  calls = new Map();
  /** @type {Counters} */
  counters = { live: 0, arrivals: 0, ends: {} };
  /** @type {Connection} */
  connection = 'connecting';
  /** When the server was last heard. */
  heardAt = Date.now();
  /** How the server's clock differs from the browser's, in milliseconds. */
  clockOffset = 0;
  /** @type {Set<(keys: ReadonlySet<string> | undefined) => void>} */
  #listeners = new Set();
  /** @type {Set<() => void>} */
  #dialplanListeners = new Set();
  /** @type {EventSource | undefined} */
  #source;
  /** @type {Set<string>} */
  #lingering = new Set();

  /** @param {() => void} onRefused called when the server takes the connection no more, maybe as it does not know the reader */
  start(onRefused) {
    this.#source?.close();
    const source = new EventSource('api/v1/events');
    this.#source = source;
    source.addEventListener('calls', (event) => {
      const { at, calls, counters } = /** @type {LiveMessage} */ (JSON.parse(event.data));
      this.#hear(at);
      this.calls = new Map(calls.map((call) => [call.key, call]));
      this.#lingering.clear();
      this.counters = counters;
      this.#tell(undefined);
    });
    source.addEventListener('change', (event) => {
      const { at, calls, counters } = /** @type {LiveMessage} */ (JSON.parse(event.data));
      this.#hear(at);
      for (const call of calls) this.#take(call);
      this.counters = counters;
      this.#tell(new Set(calls.map(({ key }) => key)));
    });
    source.addEventListener('dialplan', () => {
      for (const listener of this.#dialplanListeners) listener();
    });
    source.addEventListener('error', () => {
      this.connection = 'lost';
      this.#tell(undefined);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(() => {
        if (this.#source !== source) return;
        onRefused();
        this.start(onRefused);
      }, TRY_AGAIN_MS);
    });
  }

  stop() {
    this.#source?.close();
    this.#source = undefined;
  }

  /**
   * @param {(keys: ReadonlySet<string> | undefined) => void} listener hears which calls changed; undefined: any may have
   * @returns {() => void} what ends the subscription
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param {() => void} listener @returns {() => void} */
  onDialplan(listener) {
    this.#dialplanListeners.add(listener);
    return () => this.#dialplanListeners.delete(listener);
  }

  /** The server's time. */
  now() {
    return Date.now() + this.clockOffset;
  }

  /** @param {number} at the server's clock */
  #hear(at) {
    this.connection = 'connected';
    this.heardAt = Date.now();
    this.clockOffset = at - this.heardAt;
  }

  /** @param {CallRow} call */
  #take(call) {
    this.calls.set(call.key, call);
    if (call.endedAt === null || this.#lingering.has(call.key)) return;
    this.#lingering.add(call.key);
    setTimeout(() => {
      if (!this.#lingering.delete(call.key)) return;
      this.calls.delete(call.key);
      this.#tell(new Set([call.key]));
    }, LINGER_MS);
  }

  /** @param {ReadonlySet<string> | undefined} keys */
  #tell(keys) {
    for (const listener of this.#listeners) listener(keys);
  }
}
