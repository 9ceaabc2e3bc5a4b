/**
 * Calls for benchmarks, from a thread that costs far less than the daemon it plays them to: it speaks with recorded bytes
 * (`recorded-call.mjs`), waits for no media, and simulates nothing. It is strict: a command that is not the expected one, or a socket
 * that ends before its call, fails the run.
 *
 * At a rate the calls begin on schedule, whether or not those before were answered (open loop), and what each waited is counted
 * from the moment it was due, so that a daemon that falls behind cannot hide it.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { APPLICATIONS, BYE, CONNECT_REPLY, EXECUTIONS, HANGUP, HANGUP_COMPLETE, replyText } from './recorded-call.mjs';

/** @typedef {{ port: number, calls: number, rate?: number, concurrency?: number }} Load with a rate, or calls at one time */
/**
 * In milliseconds, sorted: from when a call was due to its first application, from an application that is done to the next, and how
 * late calls began, which is this thread's own doing.
 * @typedef {{ took: number, first: Float64Array, next: Float64Array, late: Float64Array }} Played
 */

const GIVE_UP_MS = 60_000;
const END = '\n\n';
const ACCEPTED = replyText('+OK');
const LAST = APPLICATIONS.length - 1;

/** A thread that plays calls; the first ones it plays compile it. */
export function startCallPlayer() {
  const worker = new Worker(fileURLToPath(import.meta.url));
  worker.unref();
  return {
    /** @param {Load} load @returns {Promise<Played>} */
    async play(load) {
      worker.ref();
      worker.postMessage(load);
      const [{ failure, ...played }] = await once(worker, 'message');
      worker.unref();
      if (failure !== undefined) throw new Error(`a call did not go as recorded: ${failure}`);
      return played;
    },
  };
}

/** The value below which so many of the sorted values are, 0 to 1. */
export function percentile(sorted, share) {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)];
}

/** One call on its socket; calls back when it is through. */
class RecordedCall {
  unread = '';
  state = 0;
  asked = 0;
  executed = 0;

  constructor(port, uuid, due, tally, onEnd) {
    Object.assign(this, { uuid, due, tally, onEnd });
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => {
      this.onData(chunk.latin1Slice());
    });
    this.socket.on('error', (error) => {
      onEnd(error.message);
    });
    this.socket.on('close', () => {
      onEnd(this.isOver ? undefined : `the socket was closed after ${this.steps()}`);
    });
  }

  steps() {
    return `step ${this.state}, ${this.asked} applications`;
  }

  onData(chunk) {
    const commands = (this.unread + chunk).split(END);
    this.unread = commands.pop();
    this.socket.cork();
    try {
      for (const command of commands) this.onCommand(command);
    } catch (error) {
      this.onEnd(error.message);
      this.socket.destroy();
      return;
    }
    this.socket.uncork();
    if (this.asked > this.executed) this.execute();
  }

  onCommand(command) {
    const [line] = command.split('\n', 1);
    if (line === 'sendmsg' && this.state === 4) {
      this.onExecute(command);
      return;
    }
    const [expected, reply] = this.step();
    if (command !== expected) throw new Error(`expected "${expected}" at ${this.steps()}, found "${command}"`);
    this.state += 1;
    this.socket.write(reply);
    if (expected !== 'exit') return;
    this.isOver = true;
    this.socket.end();
  }

  /** What the controller is to say, and what is answered. */
  step() {
    switch (this.state) {
      case 0:
        return ['connect', CONNECT_REPLY.of(this.uuid)];
      case 1:
        return [`filter Unique-ID ${this.uuid}`, replyText(`+OK filter added. [Unique-ID]=[${this.uuid}]`)];
      case 2:
        return [
          'event json CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE',
          replyText('+OK event listener enabled json'),
        ];
      case 3:
        return ['linger 5', replyText('+OK will linger 5 seconds')];
      default:
        return [this.executed > LAST ? 'exit' : 'sendmsg', BYE.of(this.uuid)];
    }
  }

  onExecute(command) {
    const headers = new Map(
      command
        .split('\n')
        .slice(1)
        .map((line) => line.split(/: (.*)/s, 2)),
    );
    const { application, data } = APPLICATIONS[this.asked] ?? {};
    const isExpected =
      headers.get('call-command') === 'execute' &&
      headers.get('execute-app-name') === application &&
      (headers.get('execute-app-arg') ?? '') === data;
    if (!isExpected) throw new Error(`expected ${application} ${data} at ${this.steps()}, found "${command}"`);
    const now = performance.now();
    if (this.asked === 0) this.tally.first.push(now - this.due);
    else if (this.asked === this.executed) this.tally.next.push(now - this.idleSince);
    (this.uuids ??= []).push(headers.get('Event-UUID'));
    this.asked += 1;
    this.socket.write(ACCEPTED);
  }

  /** Each application's beginning and end are writes of their own, as FreeSWITCH's are. */
  execute() {
    for (; this.executed < this.asked; this.executed += 1) {
      const { begun, done } = EXECUTIONS[this.executed];
      const uuid = this.uuids[this.executed];
      this.socket.write(begun.of(this.uuid, uuid));
      if (this.executed === LAST) this.socket.write(HANGUP.of(this.uuid));
      this.socket.write(done.of(this.uuid, uuid));
    }
    this.idleSince = performance.now();
    if (this.executed > LAST) this.socket.write(HANGUP_COMPLETE.of(this.uuid));
  }
}

/** @param {Load} load @returns {Promise<Played>} */
async function play({ port, calls, rate, concurrency = Infinity }) {
  const tally = { first: [], next: [], late: [] };
  const began = performance.now();
  const run = Math.floor(Math.random() * 2 ** 32);
  let started = 0;
  let ended = 0;
  let timer;
  await new Promise((resolve, reject) => {
    const begin = (due) => {
      const number = started;
      started += 1;
      tally.late.push(performance.now() - due);
      let isOver = false;
      const patience = setTimeout(() => reject(new Error(`no end within ${GIVE_UP_MS} ms`)), GIVE_UP_MS);
      new RecordedCall(port, uuidOf(run, number), due, tally, (failure) => {
        if (isOver) return;
        isOver = true;
        clearTimeout(patience);
        ended += 1;
        if (failure !== undefined) reject(new Error(failure));
        else if (ended === calls) resolve();
        else if (rate === undefined && started < calls) begin(performance.now());
      });
    };
    if (rate === undefined) {
      while (started < Math.min(concurrency, calls)) begin(performance.now());
      return;
    }
    const beginDue = () => {
      for (let due = began + (started * 1000) / rate; started < calls && due <= performance.now();) {
        begin(due);
        due = began + (started * 1000) / rate;
      }
      if (started < calls) timer = setTimeout(beginDue, 1);
    };
    beginDue();
  }).finally(() => clearTimeout(timer));
  const sorted = (values) => Float64Array.from(values).sort();
  return {
    took: performance.now() - began,
    first: sorted(tally.first),
    next: sorted(tally.next),
    late: sorted(tally.late),
  };
}

function uuidOf(run, number) {
  return `${run.toString(16).padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

if (!isMainThread) {
  parentPort.on('message', (load) => {
    play(load).then(
      (played) => parentPort.postMessage(played),
      (error) => parentPort.postMessage({ failure: error.message }),
    );
  });
}
