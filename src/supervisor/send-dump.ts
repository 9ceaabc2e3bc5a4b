/** A call as a line of a capture file, for `parkway replay`. */
import type { FastifyReply } from 'fastify';
import type { ApiError } from './schemas/readers.js';

/** Why a reader who does not see numbers gets none. */
export const NO_DUMP: ApiError = {
  error: 'masked',
  message: 'numbers decide where a call goes: only who sees whole numbers gets a dump',
};

/** @param name what the file is named for */
export function sendDump(reply: FastifyReply, name: string, line: string): FastifyReply {
  return reply
    .type('application/x-ndjson')
    .header('content-disposition', `attachment; filename="parkway-${name.replace(/[^\w-]/g, '_')}.ndjson"`)
    .send(line);
}
