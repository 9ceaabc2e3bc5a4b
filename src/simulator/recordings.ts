/** What is being recorded of a session (`record_session`); nothing is written anywhere. */
import type { Bytes } from '../bytes.js';
import type { Header } from './event.js';
import type { SimulatedSession } from './simulated-session.js';

const SAMPLES_PER_MS = 8;
const BYTES_PER_SAMPLE = 2;
const WAV_HEADER_LENGTH = 44;

export class Recordings {
  /** When each began, by its file. */
  private readonly started = new Map<Bytes, number>();

  constructor(private readonly session: Pick<SimulatedSession, 'channel' | 'core' | 'fire'>) {}

  start(path: Bytes): void {
    const { session } = this;
    if (this.started.has(path)) return;
    this.started.set(path, session.core.clock.now());
    session.fire('RECORD_START', { trail: [['Record-File-Path', path]] });
    session.fire('MEDIA_BUG_START', { lead: bugHeaders(path) });
  }

  stop(path: Bytes): void {
    const { channel, core } = this.session;
    const started = this.started.get(path);
    if (started === undefined) return;
    this.started.delete(path);
    const milliseconds = Math.round(core.clock.now() - started);
    const samples = milliseconds * SAMPLES_PER_MS;
    const cause = channel.down ? 'success-silence' : 'success-maxtime';
    channel.set('record_file_size', String(WAV_HEADER_LENGTH + samples * BYTES_PER_SAMPLE));
    channel.set('record_samples', String(samples));
    channel.set('record_seconds', String(Math.floor(milliseconds / 1000)));
    channel.set('record_ms', String(milliseconds));
    channel.set('record_completion_cause', cause);
    const trail: Header[] = [
      ['Record-File-Path', path],
      ['Record-Completion-Cause', cause],
    ];
    this.session.fire('RECORD_STOP', { trail });
    this.session.fire('MEDIA_BUG_STOP', { lead: bugHeaders(path) });
  }

  stopAll(): void {
    for (const path of [...this.started.keys()]) this.stop(path);
  }
}

function bugHeaders(path: Bytes): Header[] {
  return [
    ['Media-Bug-Function', 'session_record'],
    ['Media-Bug-Target', path],
  ];
}
