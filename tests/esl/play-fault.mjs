/**
 * Plays one of modesl's faults in a process of its own: `node play-fault.mjs plain|parkway <fault>`. Prints what was observed
 * as JSON; with the plain library many a fault ends the process instead.
 */
import { connect, createServer } from 'node:net';
import process from 'node:process';
import modesl from 'modesl';
import { EslConnection } from '../../dist/esl/connection.js';
import { Listener } from '../../dist/esl/listener.js';

const [library, fault] = process.argv.slice(2);
const isPlain = library === 'plain';

const CHANNEL =
  'Event-Name: CHANNEL_DATA\nUnique-ID: u1\nChannel-State-Number: 4\nContent-Type: command/reply\n' +
  'Reply-Text: %2BOK%0A\nSocket-Mode: async\nControl: full\n';
const OK = 'Content-Type: command/reply\nReply-Text: +OK\n\n';

const listener = { onEvent() {}, onDisconnectNotice() {}, onProtocolError() {}, onClose() {} };
const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

const faults = {
  'malformed-percent': async () => {
    const { connection } = await connected(`${CHANNEL}variable_name: %FF%zz\n\n`);
    return connection.getInfo().getHeader('variable_name');
  },
  'reply-drift': async () => {
    const { connection, peer } = await connected(`${CHANNEL}\n`);
    const reply = new Promise((resolve) => {
      connection.execute('set', 'a=1', () => undefined);
      connection.sendRecv('getvar a', (event) => resolve(event.getHeader('Reply-Text')));
    });
    peer.write(`${OK}Content-Type: command/reply\nReply-Text: 1\n\n`);
    return reply;
  },
  injection: async () => {
    const { connection, received } = await connected(`${CHANNEL}\n`);
    connection.execute('set', 'a=1\n\nexit', () => undefined);
    await soon();
    return commands(received()).includes('exit');
  },
  subscription: async () => {
    const { received } = await connected(`${CHANNEL}\n`);
    await soon();
    return commands(received());
  },
  'address-in-use': async () => {
    const other = createServer();
    await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address();
    try {
      if (isPlain) new modesl.Server({ port, host: '127.0.0.1' });
      else await Listener.listen({ host: '127.0.0.1', port, maxSessions: 1, allow: [] }, {});
      await soon();
      return 'listening';
    } catch (error) {
      return error.code;
    } finally {
      other.close();
    }
  },
  'reset-leaves-connection': async () => {
    let left;
    if (isPlain) {
      const server = new modesl.Server({ port: 0, host: '127.0.0.1' });
      server.on('connection::open', (connection) => connection.on('error', () => undefined));
      await new Promise((resolve) => server.on('ready', resolve));
      await dialAndReset(server.server.address().port);
      left = () => Object.keys(server.connections).length;
    } else {
      let open = 0;
      const server = await Listener.listen(
        { host: '127.0.0.1', port: 0, maxSessions: 9, allow: [] },
        {
          onSession: async (session) => {
            open += 1;
            await session.closed;
            open -= 1;
          },
          onRefused: () => undefined,
        },
      );
      await dialAndReset(server.port);
      left = () => open;
    }
    await soon();
    return left();
  },
  'body-offset': async () => {
    const { peer, nextEvent } = await connected(`${CHANNEL}\n`);
    const body = Buffer.from('Event-Name: CUSTOM\nUnique-ID: u1\nX: 呼叫中心\nContent-Length: 5\n\nhello');
    const event = nextEvent();
    peer.write(`Content-Length: ${body.length}\nContent-Type: text/event-plain\n\n`);
    peer.write(body);
    return (await event).getBody();
  },
  'negative-length': async () => {
    const { connection, peer, closed } = await connected(`${CHANNEL}\n`);
    connection.on('error', () => undefined);
    peer.write(`Content-Length: -5\nContent-Type: text/event-plain\n\n${OK}`);
    // Of what does not come nothing tells when; what is to come is waited for.
    return Promise.race([closed.then(() => 'connection ended'), ...(isPlain ? [soon()] : [])]).then(
      (end = 'connection goes on') => end,
    );
  },
  'send-after-disconnect': async () => {
    const { connection } = await connected(`${CHANNEL}\n`);
    connection.disconnect();
    await soon();
    if (isPlain) connection.sendRecv('api status');
    else return connection.command('status').catch((error) => error.code);
    return 'sent';
  },
  'listener-warning': async () => {
    const { connection } = await connected(`${CHANNEL}\n`);
    let complaints = 0;
    for (const method of ['error', 'trace', 'warn']) console[method] = () => (complaints += 1);
    process.on('warning', () => (complaints += 1));
    for (let count = 0; count < 40; count += 1) connection.execute('set', 'a=1', () => undefined);
    await soon();
    return complaints > 0;
  },
  'broken-json': async () => {
    let complaint = 'none';
    const { peer, nextEvent } = await connected(`${CHANNEL}\n`, {
      ...listener,
      onProtocolError: (error) => (complaint = error.code),
    });
    const event = nextEvent();
    const good = '{"Event-Name":"CUSTOM","Unique-ID":"u1"}';
    peer.write('Content-Length: 5\nContent-Type: text/event-json\n\n{"a":');
    peer.write(`Content-Length: ${good.length}\nContent-Type: text/event-json\n\n${good}`);
    await event;
    return complaint;
  },
  writes: async () => {
    const { connection, writes } = await connected(`${CHANNEL}\n`);
    const before = writes().count;
    connection.execute('set', 'a=1', () => undefined);
    return { writes: writes().count - before, noDelay: writes().noDelay };
  },
  'connect-and-reset': async () => {
    const outcome = await withServer(async (server, accepted) => {
      dialAndReset(server.address().port);
      const socket = await accepted;
      if (isPlain) new modesl.Connection(socket);
      else return EslConnection.open(socket, listener).catch((error) => error.code);
      await soon();
      return 'alive';
    });
    return outcome;
  },
  'percent-in-reply': async () => {
    const { connection, peer } = await connected(`${CHANNEL}\n`);
    const reply = new Promise((resolve) => {
      connection.sendRecv('getvar a', (event) => resolve(event.getHeader('Reply-Text')));
    });
    peer.write('Content-Type: command/reply\nReply-Text: 50% off\n\n');
    return reply;
  },
};

/** A connection of the library under test, to a peer that answered `connect` and every command behind it with +OK. */
async function connected(channel, events = listener) {
  return withServer(async (server, accepted) => {
    const peer = connect(server.address().port, '127.0.0.1');
    let bytes = '';
    peer.on('error', () => undefined);
    const answered = new Promise((resolve) => {
      peer.on('data', (chunk) => {
        bytes += chunk;
        if (!bytes.includes('connect\n\n')) return;
        if (resolve !== undefined && bytes.length <= 'connect\n\n'.length) peer.write(channel);
        if (bytes.includes('event json')) peer.write(OK);
        resolve();
      });
    });
    const socket = await accepted;
    const counted = { count: 0, noDelay: false };
    const { write, setNoDelay } = socket;
    socket.write = (...values) => ((counted.count += 1), write.apply(socket, values));
    socket.setNoDelay = (...values) => ((counted.noDelay = true), setNoDelay.apply(socket, values));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let connection;
    let onEvent = () => undefined;
    const nextEvent = () =>
      new Promise((resolve) => {
        if (isPlain) connection.once('esl::event::CUSTOM::u1', resolve);
        else onEvent = resolve;
      });
    if (isPlain) {
      connection = new modesl.Connection(socket);
      await new Promise((resolve) => connection.once('esl::ready', resolve));
    } else {
      connection = await EslConnection.open(socket, { ...events, onEvent: (event) => onEvent(event) });
    }
    await answered;
    return { connection, peer, nextEvent, received: () => bytes, writes: () => counted, closed };
  });
}

async function withServer(use) {
  let accept;
  const accepted = new Promise((resolve) => (accept = resolve));
  const server = createServer((socket) => accept(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(server, accepted);
  } finally {
    server.close();
  }
}

function dialAndReset(port) {
  return new Promise((resolve) => {
    const peer = connect(port, '127.0.0.1', () => {
      peer.resetAndDestroy();
      resolve();
    });
    peer.on('error', () => undefined);
  });
}

/** The first lines of the commands, as FreeSWITCH would read them: bodies are not commands. */
function commands(bytes) {
  const lines = [];
  for (let rest = bytes.trimStart(); rest !== '';) {
    const end = rest.indexOf('\n\n');
    const head = rest.slice(0, end);
    const length = Number(/^content-length: (\d+)$/m.exec(head)?.[1] ?? 0);
    lines.push(head.split('\n')[0]);
    rest = rest.slice(end + 2 + length).trimStart();
  }
  return lines;
}

process.stdout.write(JSON.stringify(await faults[fault]()), () => process.exit(0));
