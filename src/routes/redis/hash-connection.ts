/**
 * A connection on which hashes are read, each against what is known of it. The client makes it: address, TLS, signing in, database.
 * From then on its bytes are decoded here, because the client's own decoder makes a buffer of every name and every value first.
 */
import { on } from 'node:events';
import type { Redis } from 'ioredis';
import { COMMAND_MS } from './connection.js';
import { Fields, type Entry } from './fields.js';
import { HashDecoder, RedisRefusal } from './hash-decoder.js';

const GONE = 'Redis closed the connection';

export class HashConnection {
  /** One command at a time: the next waits for the answer to this one. */
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(private readonly client: Redis) {}

  /** @param client that is connected; nothing else may be asked of it any more */
  static over(client: Redis): HashConnection {
    client.stream.removeAllListeners('data');
    return new HashConnection(client);
  }

  /**
   * All fields of a hash; none if there is no such key.
   * @param known the same fields are given back where they have not changed
   * @throws RedisRefusal, where Redis answers with an error; anything else ended the connection
   */
  read(key: string, known: Fields): Promise<readonly Entry[]> {
    return this.ask(['HGETALL', key], known);
  }

  /** Resolves while Redis answers. */
  async ping(): Promise<void> {
    await this.ask(['PING'], Fields.NONE);
  }

  private ask(command: readonly string[], known: Fields): Promise<readonly Entry[]> {
    const answer = this.turn.then(() => this.askNow(command, known));
    this.turn = answer.catch(() => undefined);
    return answer;
  }

  private async askNow(command: readonly string[], known: Fields): Promise<readonly Entry[]> {
    const { stream } = this.client;
    if (!stream.writable) throw new Error(GONE);
    const decoder = new HashDecoder(known);
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
    }, COMMAND_MS);
    try {
      const chunks = on(stream, 'data', { close: ['close'], signal: late.signal }) as AsyncIterable<[Buffer]>;
      stream.write(commandOf(command));
      for await (const [chunk] of chunks) {
        const entries = decoder.write(chunk);
        if (entries !== undefined) return entries;
      }
      throw new Error(GONE);
    } catch (error) {
      // What else may come would be taken for the next answer.
      if (!(error instanceof RedisRefusal)) stream.destroy();
      throw late.signal.aborted ? new Error(`no answer within ${COMMAND_MS / 1000} s`) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

function commandOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
