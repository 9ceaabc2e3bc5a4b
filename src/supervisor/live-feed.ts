/**
 * Server-sent events: the calls in progress at first, then what changed, gathered so that a thousand changes a second are
 * still a few messages. Nothing is done for a call while nobody looks.
 */
import type { ServerResponse } from 'node:http';
import { setImmediate as othersFirst } from 'node:timers/promises';
import type { CallRow } from '../report/call-row.js';
import { TransientMap } from '../transient-map.js';
import type { DaemonWatch } from './daemon-watch.js';
import { seenBy } from './mask-texts.js';
import type { LiveCalls } from './schemas/calls.js';

export interface FeedOptions {
  /** How long changes are gathered, in milliseconds. */
  readonly gatherMs?: number;
}

interface Client {
  readonly response: ServerResponse;
  readonly isMasked: boolean;
  /** Reads too slowly: gets everything anew when it has caught up. */
  isBehind: boolean;
}

const GATHER_MS = 200;
/** Some 20 µs each. */
const ROWS_AT_ONCE = 16;
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;
/** Unread bytes beyond which a client is behind. */
const BEHIND_BYTES = 4 * 1024 * 1024;
export const MOST_CLIENTS = 200;

export class LiveFeed {
  private readonly clients = new Set<Client>();
  private readonly touched = new TransientMap<string, () => CallRow>();
  private readonly gatherMs: number;
  private gathering: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(
    private readonly watch: DaemonWatch,
    { gatherMs = GATHER_MS }: FeedOptions = {},
  ) {
    this.gatherMs = gatherMs;
  }

  get isFull(): boolean {
    return this.clients.size >= MOST_CLIENTS;
  }

  /** Takes a response over until its reader goes away. */
  connect(response: ServerResponse, isMasked: boolean): void {
    const client: Client = { response, isMasked, isBehind: false };
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx holds answers back unless it is told not to.
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    if (this.clients.size === 0) this.begin();
    this.clients.add(client);
    this.sendAll(client);
    response.on('close', () => {
      this.clients.delete(client);
      if (this.clients.size === 0) this.cease();
    });
    response.on('drain', () => {
      if (client.isBehind) this.sendAll(client);
    });
  }

  close(): void {
    for (const { response } of this.clients) response.end();
  }

  private begin(): void {
    const endCalls = this.watch.calls.onChange((key, row) => {
      this.touched.set(key, row);
      this.gather();
    });
    const endDialplan = this.watch.onDialplanChange(() => {
      const frame = frameOf('dialplan', JSON.stringify({ version: this.watch.snapshot.version }));
      this.send(this.clients, () => frame);
    });
    this.heartbeat = setInterval(() => {
      for (const { response } of this.clients) response.write(':\n\n');
    }, HEARTBEAT_MS);
    this.unsubscribe = () => {
      endCalls();
      endDialplan();
    };
  }

  private cease(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.gathering);
    this.gathering = undefined;
    this.unsubscribe?.();
    this.touched.clear();
  }

  private gather(): void {
    this.gathering ??= setTimeout(() => {
      void this.sendChanges();
    }, this.gatherMs);
  }

  /** A few rows at a time: all of a busy moment in one piece would keep calls waiting for milliseconds. */
  private async sendChanges(): Promise<void> {
    // Who comes meanwhile gets everything as it is then, which is newer.
    const clients = [...this.clients];
    const rows = [...this.touched].map(([, row]) => row);
    this.touched.clear();
    const seen = new Map(clients.map(({ isMasked }) => [isMasked, [] as string[]]));
    try {
      for (const [index, row] of rows.entries()) {
        if (index % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await othersFirst();
        const shown = row();
        for (const [isMasked, texts] of seen) texts.push(JSON.stringify(seenBy(isMasked, shown)));
      }
    } finally {
      this.gathering = undefined;
      if (this.touched.size > 0) this.gather();
    }
    const about = `"at":${Date.now()},"counters":${JSON.stringify(this.watch.counters)}`;
    const frames = new Map(
      [...seen].map(([isMasked, texts]) => [isMasked, frameOf('change', `{${about},"calls":[${texts.join(',')}]}`)]),
    );
    this.send(clients, (isMasked) => frames.get(isMasked) as string);
  }

  private send(clients: Iterable<Client>, frameFor: (isMasked: boolean) => string): void {
    for (const client of clients) {
      if (client.response.writableLength > BEHIND_BYTES) client.isBehind = true;
      if (client.isBehind || client.response.writableEnded || !this.clients.has(client)) continue;
      client.response.write(frameFor(client.isMasked));
    }
  }

  private sendAll(client: Client): void {
    client.isBehind = false;
    client.response.write(frameOf('calls', JSON.stringify(seenBy(client.isMasked, liveCalls(this.watch)))));
  }
}

/** Calls in progress, as the API tells them. */
export function liveCalls(watch: DaemonWatch): LiveCalls {
  return { at: Date.now(), calls: watch.calls.liveRows() as LiveCalls['calls'], counters: watch.counters };
}

/** @param data JSON, which has no line breaks */
function frameOf(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
