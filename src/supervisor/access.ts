/** Who may read, and what. Nobody may change anything: there is nothing to change. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { BlockList } from 'node:net';
import { isIP } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { blockListOf } from '../esl/listener.js';
import type { Reader } from './schemas/readers.js';

export interface AccessOptions {
  /** What a supervisor signs in with. */
  readonly token: string | undefined;
  /** What an administrator signs in with, who sees whole numbers. */
  readonly administratorToken: string | undefined;
  /** The header in which a reverse proxy tells who reads. */
  readonly userHeader: string | undefined;
  /** Networks of the proxies that are believed. */
  readonly proxies: readonly string[];
  /** Names, as the proxy tells them, of those who see whole numbers. */
  readonly administrators: readonly string[];
  /** Whether supervisors see of longer numbers the last four digits only. */
  readonly maskNumbers: boolean;
}

export interface Knock {
  readonly headers: IncomingHttpHeaders;
  readonly cookie: string | undefined;
  /** The address the connection comes from. */
  readonly peer: string;
}

type Role = Reader['role'];

/** How long a browser stays signed in, in milliseconds. */
export const SIGNED_IN_MS = 12 * 60 * 60 * 1000;
const LOOPBACK_NAMES = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/i;

export class Access {
  /** Whether everyone who reaches the port may read: nothing to sign in with is configured. */
  readonly isOpen: boolean;
  private readonly proxies: BlockList;
  private readonly tokens: readonly (readonly [Role, string])[];

  constructor(private readonly options: AccessOptions) {
    const { token, administratorToken, userHeader } = options;
    this.tokens = [
      ...(administratorToken === undefined ? [] : [['administrator', administratorToken] as const]),
      ...(token === undefined ? [] : [['supervisor', token] as const]),
    ];
    this.isOpen = this.tokens.length === 0 && userHeader === undefined;
    this.proxies = blockListOf(options.proxies);
  }

  /** Who asks; undefined for somebody unknown. */
  readerOf({ headers, cookie, peer }: Knock): Reader | undefined {
    if (this.isOpen) return this.reader('supervisor', null, false);
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    const byToken = bearer === undefined ? undefined : this.roleOfToken(bearer);
    if (byToken !== undefined) return this.reader(byToken, null, false);
    const byCookie = cookie === undefined ? undefined : this.roleOfCookie(cookie);
    if (byCookie !== undefined) return this.reader(byCookie, null, true);
    const user = this.userOf(headers, peer);
    if (user === undefined) return undefined;
    return this.reader(this.options.administrators.includes(user) ? 'administrator' : 'supervisor', user, false);
  }

  /** Whether a token could be signed in with. */
  get takesTokens(): boolean {
    return this.tokens.length > 0;
  }

  roleOfToken(given: string): Role | undefined {
    return this.tokens.find(([, token]) => isSame(given, token))?.[0];
  }

  /** What a browser shows from now on instead of the token. */
  cookieFor(role: Role, now = Date.now()): string {
    const until = String(now + SIGNED_IN_MS);
    return `${role}.${until}.${this.sign(role, until)}`;
  }

  /**
   * A page of another site may make a browser here ask for it under a name of its own that leads to this machine. Where
   * nobody signs in, only this machine's own names are answered.
   */
  isOwnName(host: string | undefined): boolean {
    return !this.isOpen || (host !== undefined && LOOPBACK_NAMES.test(host));
  }

  private roleOfCookie(cookie: string, now = Date.now()): Role | undefined {
    const [role, until = '', signature = ''] = cookie.split('.');
    const known = this.tokens.find(([name]) => name === role)?.[0];
    if (known === undefined || !(Number(until) > now)) return undefined;
    return isSame(signature, this.sign(known, until)) ? known : undefined;
  }

  /** Signed with the token itself: changing the token signs everybody out. */
  private sign(role: Role, until: string): string {
    const token = this.tokens.find(([name]) => name === role)?.[1] ?? '';
    return createHmac('sha256', token).update(`parkway ${role} ${until}`).digest('base64url');
  }

  private userOf(headers: IncomingHttpHeaders, peer: string): string | undefined {
    const { userHeader } = this.options;
    if (userHeader === undefined || !this.isProxy(peer)) return undefined;
    const value = headers[userHeader.toLowerCase()];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  private isProxy(peer: string): boolean {
    const address = peer.replace(/^::ffff:(?=\d+\.)/, '');
    return this.proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }

  private reader(role: Role, user: string | null, canSignOut: boolean): Reader {
    return { role, user, isMasked: this.options.maskNumbers && role !== 'administrator', canSignOut };
  }
}

/** Compares in a time that says nothing of how much is right. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
