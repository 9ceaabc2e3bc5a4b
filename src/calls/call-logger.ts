/** What is logged about one call carries its id, whoever logs it. */
import type { Logger } from 'winston';

/** @param id the channel's uuid */
export function callLogger(logger: Logger, id: string): Logger {
  return logger.child({ call: id });
}
