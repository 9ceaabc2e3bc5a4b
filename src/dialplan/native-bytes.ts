/** Memory outside of JavaScript's heap, for native functions to read in place. */
import koffi from 'koffi';

export class NativeBytes {
  private memory: unknown;
  /** What JavaScript sees of it; another one after it grew. */
  bytes!: Buffer;
  /** For native functions; another one after it grew. */
  address = 0;

  constructor(capacity: number) {
    this.allocate(capacity);
  }

  get capacity(): number {
    return this.bytes.length;
  }

  /** Makes room, and keeps the first bytes. What was seen of it before must not be looked at any more. */
  grow(capacity: number, kept: number): void {
    const { memory, bytes } = this;
    this.allocate(capacity);
    bytes.copy(this.bytes, 0, 0, kept);
    koffi.free(memory);
  }

  /** Gives it back: nobody may look at it any more. */
  free(): void {
    koffi.free(this.memory);
    this.bytes = Buffer.alloc(0);
    this.address = 0;
  }

  private allocate(capacity: number): void {
    this.memory = koffi.alloc('uint8_t', capacity);
    this.bytes = Buffer.from(koffi.view(this.memory, capacity));
    this.address = Number(koffi.address(this.memory));
  }
}
