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
/** Even, so that the halves come out as long as they went in. */
const ROUNDS = 10;

export class Tokens {
  /** @param keptDigits how many leading digits of a number stay, so that expressions that look at them still do */
  constructor(
    private readonly key: string,
    private readonly keptDigits: number,
  ) {}

  /** A number; what is no digit in it stays. Numbers of one length and beginning have tokens that differ as they do. */
  number(number: Bytes): Bytes {
    const digits = number.replace(/\D/g, '');
    const kept = digits.slice(0, this.keptDigits);
    const token = kept + this.permute(digits.slice(this.keptDigits), kept);
    let at = 0;
    return number.replace(/\d/g, () => {
      at += 1;
      return token[at - 1] as string;
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

  /**
   * Digits to as many digits, one to one: a Feistel network whose halves are added up, as in NIST's SP 800-38G. One digit has no
   * halves: it goes to its place in an order of the ten.
   */
  private permute(digits: string, beginning: string): string {
    const { length } = digits;
    if (length === 0) return '';
    const hash = (text: string): bigint =>
      BigInt(`0x${this.digest('number', [length, beginning, text].join('\0')).toString('hex')}`);
    if (length === 1) {
      const order = Array.from(DIGITS).sort((one, other) => (hash(one) < hash(other) ? -1 : 1));
      return order[Number(digits)] as string;
    }
    const middle = Math.floor(length / 2);
    let [left, right] = [digits.slice(0, middle), digits.slice(middle)];
    for (let round = 0; round < ROUNDS; round += 1) {
      const sum = (BigInt(left) + hash(`${round}\0${right}`)) % 10n ** BigInt(left.length);
      [left, right] = [right, String(sum).padStart(left.length, '0')];
    }
    return left + right;
  }

  private digest(kind: string, value: Bytes): Buffer {
    return createHmac('sha256', this.key).update(`${kind}\0${value}`, 'latin1').digest();
  }

  private chance(kind: string, value: Bytes): Chance {
    let block = this.digest(kind, value);
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
