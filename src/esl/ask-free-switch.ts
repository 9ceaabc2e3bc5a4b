/** One question to a FreeSWITCH's own event socket (`mod_event_socket`, port 8021), for tools; calls come the other way. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Bytes } from '../bytes.js';
import { FrameDecoder, type Frame } from './frame-decoder.js';

const ASK_MS = 10_000;

/**
 * The output of an API command.
 * @throws if FreeSWITCH cannot be reached, refuses the password or does not answer within 10 seconds
 */
export async function askFreeSwitch(
  address: { readonly host: string; readonly port: number },
  password: string,
  command: string,
): Promise<Bytes> {
  const socket = connect(address);
  const timer = setTimeout(() => {
    socket.destroy(new Error(`no answer within ${ASK_MS / 1000} s`));
  }, ASK_MS);
  try {
    await once(socket, 'connect');
    const decoder = new FrameDecoder();
    for await (const chunk of socket) {
      for (const frame of decoder.push(chunk as Buffer)) {
        switch (typeOf(frame)) {
          case 'auth/request':
            socket.write(`auth ${password.replace(/[\r\n]/g, '')}\n\n`);
            break;
          case 'command/reply':
            if (!(frame.headers.get('Reply-Text') ?? '').startsWith('+OK'))
              throw new Error('the password is not accepted');
            socket.write(`api ${command}\n\n`);
            break;
          case 'api/response':
            return frame.body ?? '';
          case 'text/rude-rejection':
            throw new Error('FreeSWITCH does not accept connections from here (acl)');
        }
      }
    }
    throw new Error('FreeSWITCH closed the connection');
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function typeOf({ headers }: Frame): string {
  return headers.get('Content-Type') ?? '';
}
