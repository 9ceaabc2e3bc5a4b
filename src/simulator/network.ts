/** The socket as the simulated FreeSWITCH sees it; the other side of it is effects. */
import type { Bytes } from '../bytes.js';
import type { Signal } from './thread.js';

export interface Connection {
  /** Takes what was received since it was last asked. */
  take(): Bytes;
  /** The controller has closed, or the connection broke: nothing more will come. */
  readonly ended: boolean;
  write(bytes: Bytes): void;
  close(): void;
  /** Lets the connection break: it ends as if the controller had gone. */
  break(): void;
}

export interface Dialling {
  /** Undefined while it rings; null if nobody answered. */
  readonly connection: Connection | null | undefined;
  /** Raised when the connection stands or failed, when bytes come, and when it ends. */
  readonly activity: Signal;
}

/** Opens a TCP connection. */
export type Dial = (host: string, port: number) => Dialling;
