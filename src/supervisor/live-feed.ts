/**
 * Server-sent events: the calls in progress at first, then what changed, gathered so that a thousand changes a second are
 * still a few messages. Nothing is done for a call while nobody looks.
 */
import type { ServerResponse } from 'node:http';
import type { CallRow } from '../report/call-row.js';
import { TransientMap } from '../transient-map.js';
import type { DaemonWatch } from './daemon-watch.js';
import { maskTexts } from './mask-texts.js';
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
      this.sendToAll('dialplan', { version: this.watch.snapshot.version });
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
      this.gathering = undefined;
      const calls = [...this.touched].map(([, row]) => row());
      this.touched.clear();
      this.sendToAll('change', { at: Date.now(), calls, counters: this.watch.counters });
    }, this.gatherMs);
  }

  private sendToAll(event: string, data: object): void {
    const frames = new Map<boolean, string>();
    for (const client of this.clients) {
      if (client.response.writableLength > BEHIND_BYTES) client.isBehind = true;
      if (client.isBehind) continue;
      const frame = frames.get(client.isMasked) ?? frameOf(event, client.isMasked ? maskTexts(data) : data);
      frames.set(client.isMasked, frame);
      client.response.write(frame);
    }
  }

  private sendAll(client: Client): void {
    client.isBehind = false;
    const live = liveCalls(this.watch);
    client.response.write(frameOf('calls', client.isMasked ? maskTexts(live) : live));
  }
}

/** Calls in progress, as the API tells them. */
export function liveCalls(watch: DaemonWatch): LiveCalls {
  return { at: Date.now(), calls: watch.calls.liveRows() as LiveCalls['calls'], counters: watch.counters };
}

function frameOf(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
