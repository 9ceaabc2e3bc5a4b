/**
 * What stands for a number, a name or an address in a dump that is shared: the same for the same, of the same length and shape,
 * and without the key not to be led back.
 */
import { createHmac } from 'node:crypto';
import { bytesOf, textOf, type Bytes } from '../bytes.js';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
/** Characters of two and of three bytes, for names that are not ASCII. */
const TWO_BYTES = 'àáâãäåçèéêëìíîïñòóôõöùúûüý';
const THREE_BYTES = '天地日月山水火木金土风云春夏秋冬东西南北';
const KEPT_OCTETS = 2;

export class Tokens {
  /** @param keptDigits how many leading digits of a number stay, so that expressions that look at them still do */
  constructor(
    private readonly key: string,
    private readonly keptDigits: number,
  ) {}

  /** A number; what is no digit in it stays. */
  number(number: Bytes): Bytes {
    const digits = number.replace(/\D/g, '');
    const chance = this.chance('number', digits);
    let seen = 0;
    return number.replace(/\d/g, (digit) => {
      seen += 1;
      return seen <= this.keptDigits ? digit : pick(DIGITS, chance);
    });
  }

  /** A name: letters become letters of their kind, digits digits; spaces and signs stay. One of digits alone is a number. */
  name(name: Bytes): Bytes {
    if (/^[+\d]+$/.test(name)) return this.number(name);
    const chance = this.chance('name', name.toLowerCase());
    let token = '';
    for (const character of textOf(name)) token += this.likeness(character, chance);
    return bytesOf(token);
  }

  /** A host's name; its last part, `com`, stays. */
  host(host: Bytes): Bytes {
    if (/^[\d.]+$/.test(host)) return this.ipv4(host);
    const lastDot = host.lastIndexOf('.');
    const [name, end] = lastDot < 0 ? [host, ''] : [host.slice(0, lastDot), host.slice(lastDot)];
    return this.name(name) + end;
  }

  /** The first two parts of an address, which tell inside from outside, stay. */
  ipv4(address: Bytes): Bytes {
    const chance = this.chance('address', address);
    return address
      .split('.')
      .map((octet, index) => (index < KEPT_OCTETS ? octet : anOctet(octet.length, chance)))
      .join('.');
  }

  ipv6(address: Bytes): Bytes {
    const chance = this.chance('address', address.toLowerCase());
    const kept = address.indexOf(':', address.indexOf(':') + 1);
    return address.slice(0, kept) + address.slice(kept).replace(/[0-9a-f]/gi, () => pick('0123456789abcdef', chance));
  }

  private likeness(character: string, chance: Chance): string {
    if (/\d/.test(character)) return pick(DIGITS, chance);
    if (/[A-Z]/.test(character)) return pick(UPPER, chance);
    if (/[a-z]/.test(character)) return pick(LOWER, chance);
    const length = bytesOf(character).length;
    if (length === 2) return pick(TWO_BYTES, chance);
    return length === 3 ? pick(THREE_BYTES, chance) : character;
  }

  private chance(kind: string, value: Bytes): Chance {
    let block = createHmac('sha256', this.key).update(`${kind}\0${value}`, 'latin1').digest();
    let at = 0;
    return () => {
      if (at === block.length) {
        block = createHmac('sha256', this.key).update(block).digest();
        at = 0;
      }
      at += 1;
      return block[at - 1] as number;
    };
  }
}

/** A byte that nobody without the key can tell. */
type Chance = () => number;

function pick(characters: string, chance: Chance): string {
  return characters[chance() % characters.length] as string;
}

/** With as many digits, and at most 255. */
function anOctet(length: number, chance: Chance): string {
  if (length >= 3) return String(100 + (chance() % 156));
  return length === 2 ? String(10 + (chance() % 90)) : String(1 + (chance() % 9));
}
