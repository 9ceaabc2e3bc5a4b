/** Where the `socket` actions of a dialplan lead, as FreeSWITCH has it loaded: includes, variables and comments are dealt with. */
import { Parser } from 'htmlparser2';

export interface SocketTarget {
  readonly context: string;
  readonly host: string;
  readonly port: number;
}

/** Of `mod_event_socket`, for the first host without one. */
const USUAL_PORT = 8084;
const ACTIONS: ReadonlySet<string> = new Set(['action', 'anti-action']);

/** @param xml the section `dialplan` */
export function socketTargets(xml: string): SocketTarget[] {
  const targets: SocketTarget[] = [];
  let context = '';
  const parser = new Parser(
    {
      onopentag(element, { name = '', application, data = '' }) {
        if (element === 'context') context = name;
        if (!ACTIONS.has(element) || application !== 'socket') return;
        for (const address of addressesOf(data)) targets.push({ context, ...address });
      },
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return targets;
}

/** `host[:port][/path]|…`, and flags behind a blank. FreeSWITCH keeps the port of one host for the next that has none. */
function addressesOf(data: string): { host: string; port: number }[] {
  const [hosts = ''] = data.split(' ');
  let port = USUAL_PORT;
  return hosts
    .split('|')
    .filter((each) => each !== '')
    .map((each) => {
      const [, host = '', given] = /^(.*?)(?::(\d+))?(?:\/.*)?$/s.exec(each) ?? [];
      if (given !== undefined) port = Number(given);
      return { host, port };
    });
}
