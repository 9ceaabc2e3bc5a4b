/** The dialplan that an argument or a flag names, for the commands that read one. */
import { isRedisUrl } from '../routes/redis/connection.js';
import { readDialplan, readRedisDialplan, type ReadDialplan } from '../routes/read-dialplan.js';
import { configurationOf } from './configuration-flags.js';

/**
 * @param spec a directory, `git:<revision>:<folder>`, or a Redis, which is read by the keys, domains and limits of the configuration
 * @param config the configuration's file; undefined: the one here, if there is one
 * @throws UnreadableDialplanError, Pcre2MissingError, ConfigurationError
 */
export async function dialplanAt(spec: string, config?: string): Promise<ReadDialplan> {
  if (!isRedisUrl(spec)) return readDialplan(spec);
  return readRedisDialplan(configurationOf({ config, store: spec }).configuration.store);
}
