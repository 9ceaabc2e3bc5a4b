/** The `socket` application (`socket_function` of mod_event_socket): dials the controller and hands it the call. */
import type { Bytes } from '../bytes.js';
import { atoi, isTrue, lowerCase } from '../dialplan/c-values.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { Listener } from './listener.js';
import type { Dialling, Connection } from './network.js';
import type { SimulatedSession } from './simulated-session.js';
import { startThread, type Thread } from './thread.js';

const DEFAULT_PORT = 8084;
const MOST_ARGUMENTS = 80;
/** How often the session looks whether its listener is ready. */
const WAIT_MS = 1;

export function* socketApplication(session: SimulatedSession, data: Bytes): Thread {
  const { journal } = session;
  const [hosts = '', ...flags] = splitArguments(data, ' ', MOST_ARGUMENTS);
  const has = (flag: string): boolean => flags.some((given) => lowerCase(given) === flag);
  const asynchronous = has('async');
  const dialled = yield* dialAny(session, hosts);
  if (dialled === undefined) {
    journal.problem('no connection', hosts);
    journal.fate('not connected');
    return;
  }
  journal.mark('accepted');
  const listener = new Listener(session, dialled.connection, dialled.activity, asynchronous, has('full'));
  session.listener = listener;
  if (asynchronous) yield* parkFor(session, listener);
  else yield* listener.run();
  session.noteFate();
}

/** Tries one host after the other: `host[:port][/path]`, with `|` between them. */
function* dialAny(
  session: SimulatedSession,
  hosts: Bytes,
): Thread<{ connection: Connection; activity: Dialling['activity'] } | undefined> {
  const { channel } = session;
  let port = DEFAULT_PORT;
  for (const target of hosts.split('|')) {
    if (target === '') continue;
    const [, host = '', portText, path] = /^(.*?)(?::([^:/]*))?(?:\/(.*))?$/s.exec(target) ?? [];
    if (portText !== undefined) port = atoi(portText);
    if (path !== undefined) channel.set('socket_path', path);
    channel.set('socket_host', host);
    const dialling = session.dial(host, port);
    while (dialling.connection === undefined) yield { until: Infinity, signal: dialling.activity };
    const { connection, activity } = dialling;
    if (connection !== null) return { connection, activity };
  }
  return undefined;
}

/** Asynchronous: the listener has its own thread, the session's parks. */
function* parkFor(session: SimulatedSession, listener: Listener): Thread {
  const { channel, core } = session;
  startThread(core.clock, listener.run());
  while (channel.ready && !listener.finished && !listener.connected) {
    yield { until: Infinity, poll: { signal: session.attention, every: WAIT_MS } };
  }
  // Nobody will let go of a channel that parks when its listener is gone already.
  if (listener.finished && channel.ready) session.stuck('parked');
  yield* session.park();
  yield* session.runAllMessages();
  const resumes = listener.resuming || isTrue(channel.value('socket_resume'));
  if (resumes && !channel.transferring) session.setState('CS_EXECUTE');
}
