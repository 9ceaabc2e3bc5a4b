import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import koffi from 'koffi';
import { createLogger, format } from 'winston';
import { SyslogTransport } from '../../src/logs/syslog-transport.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const fresh = temporaryDirectory();
const NOBODY = { onTrouble: () => undefined, onRecovered: () => undefined };
const plain = format.printf(({ message }) => String(message));

/** The receiving end of a local socket, which Node has no call for. */
function listenLocally(file: string): { receive(): string; close(): void } {
  const library = koffi.load('libc.so.6');
  const socket = library.func('int socket(int, int, int)') as (...args: number[]) => number;
  const bind = library.func('int bind(int, const uint8_t *, uint32_t)') as (fd: number, a: Buffer, n: number) => number;
  const receive = library.func('intptr_t recv(int, uint8_t *, size_t, int)') as (
    descriptor: number,
    bytes: Buffer,
    length: number,
    flags: number,
  ) => number;
  const close = library.func('int close(int)') as (descriptor: number) => number;
  const descriptor = socket(1, 2, 0);
  const address = Buffer.concat([Buffer.from(Uint16Array.of(1).buffer), Buffer.from(`${file}\0`)]);
  expect(bind(descriptor, address, address.length)).toBe(0);
  return {
    receive() {
      const bytes = Buffer.alloc(65_536);
      return bytes.toString('utf8', 0, receive(descriptor, bytes, bytes.length, 0x40));
    },
    close: () => close(descriptor),
  };
}

describe('syslog', () => {
  test('over UDP: RFC 5424', async () => {
    const server = createSocket('udp4').bind(0, '127.0.0.1');
    await once(server, 'listening');
    const transport = new SyslogTransport(`udp://127.0.0.1:${server.address().port}`, NOBODY, {
      format: plain,
    });
    const logger = createLogger({ transports: [transport] });
    const received = once(server, 'message');
    // The first may come before the socket is connected, which is counted as lost.
    const again = setInterval(() => logger.warn('1001 → 中文'), 20);
    const [message] = (await received) as [Buffer];
    clearInterval(again);
    expect(message.toString()).toMatch(/^<28>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ parkway \d+ - - 1001 → 中文$/);
    await transport.flush();
    server.close();
  });

  test('to a local socket, as syslog(3) does; gone and come back, it is told how much was lost', async () => {
    const file = fresh('log');
    await mkdir(path.dirname(file));
    const told: (string | number)[] = [];
    const transport = new SyslogTransport(
      file,
      { onTrouble: (reason) => told.push(reason), onRecovered: (lost) => told.push(lost) },
      { format: plain },
    );
    const logger = createLogger({ transports: [transport] });
    logger.error('lost');
    logger.error('lost too');
    const receiver = listenLocally(file);
    logger.error('it fails');
    expect(receiver.receive()).toMatch(/^<27>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d parkway\[\d+\]: it fails$/);
    await Promise.resolve();
    expect(told).toEqual(['nobody takes what is sent there', 2]);
    expect(transport.lost).toBe(2);
    receiver.close();
  });

  test('a receiver that does not read costs lines, never time', async () => {
    const file = fresh('log');
    await mkdir(path.dirname(file));
    const receiver = listenLocally(file);
    const transport = new SyslogTransport(file, NOBODY, { format: plain });
    const logger = createLogger({ transports: [transport] });
    for (let count = 0; count < 2_000; count += 1) logger.info(`line ${count}`);
    expect(transport.lost).toBeGreaterThan(0);
    expect(receiver.receive()).toContain('line 0');
    receiver.close();
    await transport.flush();
  });
});
