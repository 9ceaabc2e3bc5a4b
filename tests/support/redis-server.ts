/** Real Redis servers, each in a process of its own on a port that was free. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';

export interface RedisServer {
  readonly port: number;
  readonly url: string;
  readonly process: ChildProcess;
  /** Connected, for whatever a test does to the server; closed with it. */
  readonly client: Redis;
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** Undefined: any that is free. */
  readonly port?: number;
  readonly arguments?: readonly string[];
}

const READY = /Ready to accept connections|monitor master|Running mode=sentinel/;
/** Another may take a port between its choice and its use. */
const ATTEMPTS = 5;

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(options);
    } catch (error) {
      if (attempt === ATTEMPTS || options.port !== undefined) throw error;
    }
  }
}

async function tryToStart(options: RedisServerOptions): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const directory = await mkdtemp(path.join(tmpdir(), 'parkway-redis-'));
  const common = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const child = spawn('redis-server', [...(options.arguments ?? []), ...common], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  await ready(child);
  const client = new Redis({ port, lazyConnect: true, retryStrategy: () => null, protocol: 2 });
  client.on('error', () => undefined);
  await client.connect();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    process: child,
    client,
    async stop() {
      client.disconnect();
      // One that was stopped by a signal does not hear another.
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const onData = (chunk: Buffer): void => {
      output += chunk.toString();
      if (READY.test(output)) resolve();
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`redis-server ended:\n${output}`));
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
