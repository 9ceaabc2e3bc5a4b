/** A datagram to a Unix socket such as `/dev/log`, which Node has no call for: the system's own, non-blocking. Linux only. */
import koffi from 'koffi';

const AF_UNIX = 1;
/** SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC */
const SOCKET_TYPE = 2 | 0o4000 | 0o2000000;
/** MSG_DONTWAIT | MSG_NOSIGNAL */
const SEND_FLAGS = 0x40 | 0x4000;
const LONGEST_PATH = 107;

interface LibC {
  socket(family: number, type: number, protocol: number): number;
  connect(descriptor: number, address: Buffer, length: number): number;
  send(descriptor: number, bytes: Buffer, length: number, flags: number): number;
  close(descriptor: number): number;
}

export class UnixDatagram {
  private descriptor = -1;
  private readonly system: LibC;

  /** @throws if the path is too long, or this is no Linux */
  constructor(private readonly path: string) {
    if (Buffer.byteLength(path) > LONGEST_PATH) throw new Error(`${path}: longer than a socket's path can be`);
    const library = koffi.load('libc.so.6');
    this.system = {
      socket: library.func('int socket(int, int, int)') as LibC['socket'],
      connect: library.func('int connect(int, const uint8_t *, uint32_t)') as LibC['connect'],
      send: library.func('intptr_t send(int, const uint8_t *, size_t, int)') as LibC['send'],
      close: library.func('int close(int)') as LibC['close'],
    };
  }

  /** Sends, or not: false if nobody listens there, or whoever does is not fast enough. */
  send(bytes: Buffer): boolean {
    if (this.descriptor < 0 && !this.open()) return false;
    if (this.system.send(this.descriptor, bytes, bytes.length, SEND_FLAGS) >= 0) return true;
    // The logging daemon may have been started anew; a full queue costs no more than another try.
    this.close();
    return this.open() && this.system.send(this.descriptor, bytes, bytes.length, SEND_FLAGS) >= 0;
  }

  close(): void {
    if (this.descriptor >= 0) this.system.close(this.descriptor);
    this.descriptor = -1;
  }

  private open(): boolean {
    const descriptor = this.system.socket(AF_UNIX, SOCKET_TYPE, 0);
    if (descriptor < 0) return false;
    const path = Buffer.from(`${this.path}\0`);
    const address = Buffer.alloc(2 + path.length);
    new Uint16Array(address.buffer, address.byteOffset, 1)[0] = AF_UNIX;
    path.copy(address, 2);
    if (this.system.connect(descriptor, address, address.length) === 0) this.descriptor = descriptor;
    else this.system.close(descriptor);
    return this.descriptor >= 0;
  }
}
