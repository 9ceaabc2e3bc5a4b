/** Which context a domain's calls are routed by. */
import { createRequire } from 'node:module';
import { createValidator, type Validated } from '../dialplan/validate.js';

export interface RouteTable {
  /** Registered extension (user name) to context. */
  readonly extension: ReadonlyMap<string, string>;
  /** Gateway to context. */
  readonly gateway: ReadonlyMap<string, string>;
  /** SIP profile to context. */
  readonly profile: ReadonlyMap<string, string>;
}

type RoutesDocument = Readonly<Partial<Record<keyof RouteTable, Readonly<Record<string, string>>>>>;

export const NO_ROUTES: RouteTable = { extension: new Map(), gateway: new Map(), profile: new Map() };

const schema = createRequire(import.meta.url)('../../schema/routes.schema.json') as object;
const validator = createValidator<RoutesDocument>(schema, { unknownKey: 'error' });

/** Validates a domain's routes. */
export function parseRoutes(text: string): Validated<RouteTable> {
  const { document, problems } = validator.validateText(text);
  if (document === undefined) return { document, problems };
  const table = (name: keyof RouteTable): Map<string, string> => new Map(Object.entries(document[name] ?? {}));
  return {
    document: { extension: table('extension'), gateway: table('gateway'), profile: table('profile') },
    problems,
  };
}
