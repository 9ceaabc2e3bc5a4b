/** Which key holds what of which domain, by templates such as `cti_route@<domain>`. */
import type { KeyTemplate } from './store-options.js';

/** What a key that is read holds. */
export type KeyRole = Exclude<KeyTemplate, 'history'>;

export interface KeyPlace {
  readonly role: KeyRole;
  readonly domain: string;
}

const PLACEHOLDER = '<domain>';
const ROLES: readonly KeyRole[] = ['extension', 'extensionAlias', 'context', 'route', 'acceptEmpty'];

export class KeyNames {
  private readonly parts: readonly { role: KeyRole; before: string; after: string }[];
  private readonly only: ReadonlySet<string>;

  /** @param domains the only domains there are; empty: any */
  constructor(
    private readonly templates: Readonly<Record<KeyTemplate, string>>,
    domains: readonly string[],
  ) {
    this.only = new Set(domains);
    this.parts = ROLES.map((role) => {
      const [before = '', after = ''] = templates[role].split(PLACEHOLDER);
      return { role, before, after };
    });
  }

  keyOf(template: KeyTemplate, domain: string): string {
    return this.templates[template].replace(PLACEHOLDER, () => domain);
  }

  /** All keys of a domain that are read. */
  keysOf(domain: string): string[] {
    return ROLES.map((role) => this.keyOf(role, domain));
  }

  /** Undefined for a key that is none of the dialplan's. */
  placeOf(key: string): KeyPlace | undefined {
    for (const { role, before, after } of this.parts) {
      if (key.length <= before.length + after.length || !key.startsWith(before) || !key.endsWith(after)) continue;
      const domain = key.slice(before.length, key.length - after.length);
      return this.only.size === 0 || this.only.has(domain) ? { role, domain } : undefined;
    }
    return undefined;
  }

  /** What every key begins with; none of them with another, which Redis would refuse. Empty: with anything. */
  prefixes(): string[] {
    const all = [...new Set(this.parts.map(({ before }) => before))];
    if (all.includes('')) return [];
    return all.filter((prefix) => !all.some((other) => other !== prefix && prefix.startsWith(other)));
  }

  /** A glob that the keys of every domain's documents match, with few others. */
  pattern(): string {
    const [first = '', ...others] = this.parts.filter(({ role }) => role !== 'acceptEmpty').map(({ before }) => before);
    let common = first;
    for (const other of others) while (!other.startsWith(common)) common = common.slice(0, -1);
    return `${escapeGlob(common)}*`;
  }
}

/** A text in a glob of Redis, taken literally. */
export function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}
