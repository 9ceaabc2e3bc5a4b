/** Lines of a capture file to calls: those of Parkway's own form are read one way, any other JSON another. */
import { LONGEST_DUMP } from '../replay/byte-lines.js';
import { firstOf } from '../replay/answer-source.js';
import { callOfPiece } from '../replay/call-of-piece.js';
import { parseJson } from '../replay/json-bytes.js';
import { CaptureLine } from './capture-line.js';
import { corpusCall, type CorpusCall } from './corpus-call.js';
import type { LineBlock } from './line-block.js';
import type { PartReader } from './read-part.js';

export class CaptureLines {
  private readonly line = new CaptureLine();
  private number = 0;
  private readonly call: CorpusCall & { place: CorpusCall['place']; moment: CorpusCall['moment'] };

  /** @param part the number, among all parts, of the one the lines are of */
  constructor(
    private readonly part: number,
    private readonly reader: PartReader,
  ) {
    const { line } = this;
    this.call = {
      place: { part, line: 0 },
      data: line,
      answers: firstOf(
        { global: (name) => line.answers.global(name), api: (call, moment) => line.answers.api(call, moment) },
        ...reader.sources,
      ),
      moment: { epochMs: 0, serverZone: reader.timezone },
    };
  }

  get count(): number {
    return this.number;
  }

  /** Takes the line at hand. */
  take(block: LineBlock): void {
    this.number += 1;
    const { line, call, reader, part, number } = this;
    if (block.isTooLong) {
      reader.onUnreadable(number, `expected a line of at most ${LONGEST_DUMP} bytes, found a longer one`);
    } else if (line.take(block, block.from, block.to)) {
      call.place = { part, line: number };
      call.moment = { epochMs: line.arrivedAt, serverZone: line.timezone ?? reader.timezone };
      reader.onCall(call);
    } else this.takeOther(block.bytes.toString('latin1', block.from, block.to));
  }

  private takeOther(text: string): void {
    if (text.trim() === '') return;
    const { reader, part, number } = this;
    let found: ReturnType<typeof callOfPiece>;
    try {
      found = callOfPiece({ kind: 'json', line: number, ...parseJson(text) });
    } catch (error) {
      reader.onUnreadable(number, `expected JSON: ${(error as Error).message}`);
      return;
    }
    if (found?.kind === 'problem') reader.onUnreadable(number, found.message);
    else if (found !== undefined) reader.onCall(corpusCall({ ...found, location: '' }, { part, line: number }, reader));
  }
}
