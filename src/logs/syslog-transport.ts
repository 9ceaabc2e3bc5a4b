/**
 * Logs to syslog. Over UDP as RFC 5424; to a local socket in the form that syslog(3) uses there, which every local daemon
 * (rsyslog, syslog-ng, journald) reads. A datagram is sent or it is not: nothing waits.
 */
import { createSocket, type Socket } from 'node:dgram';
import { hostname } from 'node:os';
import process from 'node:process';
import Transport, { type TransportStreamOptions } from 'winston-transport';
import { UnixDatagram } from './unix-datagram.js';

const MESSAGE = Symbol.for('message');
const LEVEL = Symbol.for('level');
/** RFC 5424, 6.2.1: facility 3, system daemons. */
const FACILITY = 3;
const SEVERITIES: Readonly<Record<string, number>> = { error: 3, warn: 4, info: 6, debug: 7 };
/** Longer ones are cut: what every receiver of UDP takes (RFC 5426, 3.2). */
const LONGEST = 2048;
const LOCAL_LONGEST = 32_768;
const MOST_ON_THE_WAY = 1_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface SyslogListener {
  onTrouble(reason: string): void;
  /** @param lost lines that were not sent meanwhile */
  onRecovered(lost: number): void;
}

export class SyslogTransport extends Transport {
  readonly name = 'syslog';
  private readonly sender: Sender;
  private lostInAll = 0;
  private lostSinceTrouble = 0;

  /** @param address a socket's path, or udp://host:port @throws where there cannot be such a socket */
  constructor(
    address: string,
    private readonly listener: SyslogListener,
    options: TransportStreamOptions,
  ) {
    super(options);
    this.sender = address.startsWith('/') ? new LocalSender(address) : new UdpSender(new URL(address));
  }

  /** Lines that were not sent. */
  get lost(): number {
    return this.lostInAll;
  }

  override log(info: Readonly<Record<symbol, unknown>>, next: () => void): void {
    const priority = FACILITY * 8 + (SEVERITIES[String(info[LEVEL])] ?? 6);
    this.count(this.sender.send(priority, String(info[MESSAGE])));
    next();
  }

  flush(): Promise<boolean> {
    return this.sender.close();
  }

  private count(isSent: boolean): void {
    const { lostSinceTrouble } = this;
    if (isSent) {
      if (lostSinceTrouble === 0) return;
      this.lostSinceTrouble = 0;
      queueMicrotask(() => {
        this.listener.onRecovered(lostSinceTrouble);
      });
      return;
    }
    this.lostInAll += 1;
    this.lostSinceTrouble += 1;
    if (lostSinceTrouble > 0) return;
    queueMicrotask(() => {
      this.listener.onTrouble('nobody takes what is sent there');
    });
  }
}

interface Sender {
  send(priority: number, text: string): boolean;
  close(): Promise<boolean>;
}

class LocalSender implements Sender {
  private readonly socket: UnixDatagram;

  constructor(path: string) {
    this.socket = new UnixDatagram(path);
  }

  send(priority: number, text: string): boolean {
    const now = new Date();
    const two = (part: number): string => String(part).padStart(2, '0');
    const date = `${MONTHS[now.getMonth()] ?? ''} ${String(now.getDate()).padStart(2)}`;
    const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
    return this.socket.send(cut(`<${priority}>${date} ${time} parkway[${process.pid}]: ${text}`, LOCAL_LONGEST));
  }

  close(): Promise<boolean> {
    this.socket.close();
    return Promise.resolve(true);
  }
}

class UdpSender implements Sender {
  private readonly socket: Socket;
  private onTheWay = 0;

  constructor({ hostname: host, port }: URL) {
    const plainHost = host.replace(/^\[|\]$/g, '');
    this.socket = createSocket(plainHost.includes(':') ? 'udp6' : 'udp4');
    this.socket.on('error', () => undefined);
    this.socket.connect(Number(port), plainHost);
    this.socket.unref();
  }

  send(priority: number, text: string): boolean {
    if (this.onTheWay >= MOST_ON_THE_WAY) return false;
    const header = `<${priority}>1 ${new Date().toISOString()} ${hostname()} parkway ${process.pid} - -`;
    this.onTheWay += 1;
    try {
      this.socket.send(cut(`${header} ${text}`, LONGEST), () => (this.onTheWay -= 1));
      return true;
    } catch {
      // The host's name is not resolved yet, or is none.
      this.onTheWay -= 1;
      return false;
    }
  }

  close(): Promise<boolean> {
    return new Promise((resolve) => {
      this.socket.close(() => {
        resolve(true);
      });
    });
  }
}

function cut(text: string, longest: number): Buffer {
  return Buffer.from(text).subarray(0, longest);
}
