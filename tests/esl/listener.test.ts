/** The port, and sessions on it, against peers that are no FreeSWITCH, or one that falls silent. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { blockListOf, Listener, type ListenerOptions } from '../../src/esl/listener.js';
import { DEFAULT_SESSION_OPTIONS, type Session } from '../../src/esl/session.js';
import { OK, RawPeer } from '../support/raw-peer.js';

const UNOBSERVED = { started: () => undefined, completed: () => undefined };

let listener: Listener | undefined;

afterEach(() => {
  listener?.close();
  listener = undefined;
});

/** A listener whose events can be awaited one by one. */
async function listen(options: Partial<ListenerOptions> = {}, onSession?: (session: Session) => Promise<void>) {
  const sessions = new Mailbox<Session>();
  const excess = new Mailbox<Session>();
  const refused = new Mailbox<{ reason: string; code: unknown; message: string | undefined }>();
  const errors = new Mailbox<Error>();
  listener = await Listener.listen(
    { host: '127.0.0.1', port: 0, maxSessions: 10, allow: [], ...options },
    {
      onSession: (session) => {
        sessions.post(session);
        return onSession?.(session) ?? session.closed;
      },
      onExcess: (session) => {
        excess.post(session);
        return Promise.resolve();
      },
      onRefused: (reason, _peer, error) => {
        refused.post({ reason, code: (error as { code?: unknown } | undefined)?.code, message: error?.message });
      },
      onError: (error) => {
        errors.post(error);
      },
    },
  );
  return { port: listener.port, sessions, excess, refused, errors };
}

class Mailbox<Letter> {
  private readonly letters: Letter[] = [];
  private readonly waiting: ((letter: Letter) => void)[] = [];

  post(letter: Letter): void {
    const reader = this.waiting.shift();
    if (reader === undefined) this.letters.push(letter);
    else reader(letter);
  }

  next(): Promise<Letter> {
    const letter = this.letters.shift();
    return letter === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(letter);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

describe('the subscription', () => {
  test('goes out together with what the call is made to execute first', async () => {
    const { port, sessions } = await listen({}, async (session) => {
      await session.execute('answer', '').catch(() => undefined);
    });
    const peer = await RawPeer.dialled(port);
    await peer.until('execute-app-name: answer\n');
    expect(peer.chunks.slice(1).map((chunk) => chunk.split('\n', 1)[0])).toEqual([
      'filter Unique-ID 5b8f3c1e-0000-4000-8000-000000000001',
    ]);
    peer.socket.destroy();
    await (
      await sessions.next()
    ).closed;
  });

  test('waits for nothing where nothing is executed', async () => {
    const { port, sessions } = await listen();
    const peer = await RawPeer.dialled(port);
    await peer.until('linger 5\n\n');
    peer.socket.destroy();
    await (
      await sessions.next()
    ).closed;
  });
});

describe('a connection that becomes no session', () => {
  test('from an address that is not allowed is closed before a word is said', async () => {
    const { port, refused } = await listen({ allow: ['192.0.2.0/24', '2001:db8::/32'] });
    const peer = await RawPeer.dial(port);
    await peer.closed;
    expect(peer.received).toBe('');
    expect(await refused.next()).toMatchObject({ reason: 'peer' });
  });

  test('that is closed at once, as a health check does, is told and forgotten', async () => {
    const { port, refused } = await listen();
    (await RawPeer.dial(port)).socket.end();
    expect(await refused.next()).toMatchObject({ reason: 'handshake', code: 'SOCKET_CLOSED' });
  });

  test('that is reset', async () => {
    const { port, refused } = await listen();
    (await RawPeer.dial(port)).socket.resetAndDestroy();
    expect(await refused.next()).toMatchObject({ reason: 'handshake', code: 'SOCKET_CLOSED' });
  });

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'.padEnd(300, '\xff')],
    ['an endless line', 'x'.repeat(17 * 1024 * 1024)],
    ['a body beyond measure', 'Content-Type: api/response\nContent-Length: 99999999999\n\n'],
    ['a reply that is no channel data', OK],
  ])('whose peer speaks %s', async (_what, bytes) => {
    const { port, refused } = await listen({ session: { ...DEFAULT_SESSION_OPTIONS, connectTimeoutMs: 100 } });
    const peer = await RawPeer.dial(port);
    peer.socket.end(bytes, 'latin1');
    const { reason, code } = await refused.next();
    expect(reason).toBe('handshake');
    expect(['PROTOCOL_ERROR', 'SOCKET_CLOSED']).toContain(code);
    await peer.closed;
  });

  test('whose peer says nothing is given up', async () => {
    const { port, refused } = await listen({ session: { ...DEFAULT_SESSION_OPTIONS, connectTimeoutMs: 20 } });
    const peer = await RawPeer.dial(port);
    expect(await refused.next()).toMatchObject({
      reason: 'handshake',
      message: expect.stringContaining('no reply to connect within 20 ms'),
    });
    await peer.closed;
  });

  test('is closed at once where too many have not told yet what they are', async () => {
    const { port, refused, sessions } = await listen({ maxSessions: 1 });
    const slow = await RawPeer.dial(port);
    await slow.until('connect\n\n');
    const next = await RawPeer.dial(port);
    expect(await refused.next()).toMatchObject({ reason: 'flood' });
    await next.closed;
    slow.tellChannel('async');
    expect(await sessions.next()).toBeDefined();
  });

  test('none of them keeps the next call out', async () => {
    const { port, sessions, refused } = await listen();
    for (let count = 0; count < 50; count += 1) {
      const peer = await RawPeer.dial(port);
      if (count % 2 === 0) peer.socket.resetAndDestroy();
      else peer.send('\n\n\0');
      peer.socket.destroy();
      await refused.next();
    }
    await RawPeer.dialled(port);
    expect((await sessions.next()).data.get('Caller-Destination-Number')).toBe('1002');
  });
});

describe('the limit of sessions', () => {
  test('gives a call beyond it to its own handler, until there is room again', async () => {
    const { port, sessions, excess } = await listen({ maxSessions: 1 });
    const first = await RawPeer.dialled(port);
    const session = await sessions.next();
    await RawPeer.dialled(port);
    expect((await excess.next()).isAsync).toBe(true);
    first.socket.destroy();
    await session.closed;
    await RawPeer.dialled(port);
    expect(await sessions.next()).toBeDefined();
  });

  test('counts a session whose handler fails as gone, and tells the failure', async () => {
    const { port, sessions, errors } = await listen({ maxSessions: 1 }, () => Promise.reject(new Error('a bug')));
    const peer = await RawPeer.dialled(port);
    expect((await errors.next()).message).toBe('a bug');
    await peer.closed;
    await sessions.next();
    await RawPeer.dialled(port);
    expect(await sessions.next()).toBeDefined();
  });
});

describe('stopping', () => {
  test('waits for what was accepted before, and accepts no more', async () => {
    const { port, sessions } = await listen();
    const peer = await RawPeer.dial(port);
    await peer.until('connect\n\n');
    let stopped = false;
    const stopping = listener?.stop().then(() => (stopped = true));
    await expect(RawPeer.dial(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(stopped).toBe(false);
    peer.socket.destroy();
    await stopping;
    expect(sessions).toEqual(new Mailbox());
  });
});

describe('a session whose peer', () => {
  async function session(mode: 'async' | 'static' = 'async', startTimeoutMs = 60_000) {
    const { port, sessions } = await listen({ session: { ...DEFAULT_SESSION_OPTIONS, startTimeoutMs } });
    const peer = await RawPeer.dialled(port, mode);
    return { peer, session: await sessions.next() };
  }

  test.each(['async', 'static'] as const)('is reset in the middle of an application (%s)', async (mode) => {
    const { peer, session: call } = await session(mode);
    const executing = call.executeAll([{ application: 'playback', data: 'x' }], UNOBSERVED).catch(codeOf);
    await peer.until('execute-app-name: playback');
    peer.socket.resetAndDestroy();
    expect(await executing).toBe('SOCKET_CLOSED');
    expect(await call.ended).toMatchObject({ reason: 'closed' });
    expect(await call.execute('answer', '').catch(codeOf)).toBe('SOCKET_CLOSED');
    expect(await call.api('status').catch(codeOf)).toBe('SOCKET_CLOSED');
    expect(await call.refresh().catch(codeOf)).toBe('SOCKET_CLOSED');
  });

  test.each([
    ['a header that is none', 'Content-Type: text/event-json\nContent-Length: -5\n\n'],
    ['a length beyond measure', 'Content-Type: text/event-json\nContent-Length: 16777217\n\n'],
  ])('says %s', async (_what, bytes) => {
    const { peer, session: call } = await session();
    const executing = call.execute('playback', 'x').catch(codeOf);
    await peer.until('execute-app-name: playback');
    peer.send(bytes);
    expect(await executing).toBe('PROTOCOL_ERROR');
    await peer.closed;
    expect(await call.ended).toMatchObject({ reason: 'closed', error: { code: 'PROTOCOL_ERROR' } });
  });

  test('refuses a message', async () => {
    const { peer, session: call } = await session();
    const executing = call.execute('playback', 'x').catch((error: unknown) => error);
    await peer.until('execute-app-name: playback');
    peer.send(OK.repeat(3));
    peer.send('Content-Type: command/reply\nReply-Text: -ERR invalid session id\n\n');
    expect(await executing).toMatchObject({ code: 'COMMAND_REFUSED', reply: 'invalid session id' });
  });

  test('takes a message and never begins', async () => {
    const { peer, session: call } = await session('async', 20);
    const executing = call.execute('playback', 'x').catch((error: unknown) => error);
    await peer.until('execute-app-name: playback');
    peer.send(OK.repeat(4));
    expect(await executing).toMatchObject({ code: 'COMMAND_REFUSED', reply: 'did not begin within 20 ms' });
  });

  test('gets a list of applications in one write', async () => {
    const { peer, session: call } = await session();
    await peer.until('linger 5');
    const before = peer.chunks.length;
    const list = ['a=1', 'b=2', 'c=3'].map((data) => ({ application: 'set', data }));
    call.executeAll([...list, { application: 'bridge', data: 'user/1002' }], UNOBSERVED).catch(codeOf);
    await peer.until('execute-app-name: bridge');
    expect(peer.chunks.slice(before)).toHaveLength(1);
    expect(peer.chunks[before]?.match(/^sendmsg$/gm)).toHaveLength(4);
  });
});

test.each([['10.0.0.0/33'], ['10.0.0/8'], ['nonsense'], ['::1/129'], ['10.0.0.1/x']])('%s is no network', (network) => {
  expect(() => blockListOf([network])).toThrow(`found "${network}"`);
});

test('networks are addresses and CIDR, of both families', () => {
  const list = blockListOf(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  expect(list.check('10.255.0.1')).toBe(true);
  expect(list.check('192.0.2.8')).toBe(false);
  expect(list.check('::ffff:10.1.2.3', 'ipv6')).toBe(true);
  expect(list.check('2001:db8::1', 'ipv6')).toBe(true);
});
