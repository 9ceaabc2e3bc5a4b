/** `expr <expression>[|<expression>…]`: mod_expr's arithmetic (ExprEval), whose signs bind tighter than `^`, `-2^2` being 4. */
import type { Bytes } from '../bytes.js';

const FAILED = '!err!';
const TOKEN = /[ \t\n\v\f\r]+|#[^\r\n]*|(?<value>\d+\.?\d*|\.\d*)|(?<name>[A-Za-z_]\w*)|(?<sign>[-+*/^=(),;])/y;
const LONGEST_TOKEN = 255;
const DEEPEST = 200;

const CONSTANTS: Readonly<Record<string, number>> = {
  M_E: Math.E,
  M_LN2: Math.LN2,
  M_LN10: Math.LN10,
  M_LOG2E: Math.LOG2E,
  M_LOG10E: Math.LOG10E,
  M_PI: Math.PI,
  M_PI_2: Math.PI / 2,
  M_PI_4: Math.PI / 4,
  M_1_PI: 1 / Math.PI,
  M_2_PI: 2 / Math.PI,
  M_SQRT2: Math.SQRT2,
  M_1_SQRT2: Math.SQRT1_2,
};

type Arithmetic = (...values: number[]) => number;

/** Functions by name, with the number of arguments each takes; those of chance and of loops are not here. */
const FUNCTIONS: ReadonlyMap<string, { readonly least: number; readonly most: number; readonly apply: Arithmetic }> =
  new Map(
    (
      [
        ['abs', 1, 1, Math.abs],
        ['mod', 2, 2, (a = 0, b = 0) => a % b],
        ['ipart', 1, 1, Math.trunc],
        ['fpart', 1, 1, (a = 0) => a - Math.trunc(a)],
        ['min', 1, Infinity, Math.min],
        ['max', 1, Infinity, Math.max],
        ['pow', 2, 2, (a = 0, b = 0) => a ** b],
        ['sqrt', 1, 1, Math.sqrt],
        ['sin', 1, 1, Math.sin],
        ['cos', 1, 1, Math.cos],
        ['tan', 1, 1, Math.tan],
        ['atan', 1, 1, Math.atan],
        ['log', 1, 1, Math.log10],
        ['ln', 1, 1, Math.log],
        ['exp', 1, 1, Math.exp],
        ['ceil', 1, 1, Math.ceil],
        ['floor', 1, 1, Math.floor],
        ['if', 3, 3, (test = 0, whenTrue = 0, whenFalse = 0) => (test === 0 ? whenFalse : whenTrue)],
        ['equal', 2, 2, (a, b) => Number(a === b)],
        ['above', 2, 2, (a = 0, b = 0) => Number(a > b)],
        ['below', 2, 2, (a = 0, b = 0) => Number(a < b)],
        ['avg', 1, Infinity, (...values) => values.reduce((sum, value) => sum + value, 0) / values.length],
        ['clip', 3, 3, (value = 0, least = 0, most = 0) => Math.min(Math.max(value, least), most)],
        ['and', 2, 2, (a, b) => Number(a !== 0 && b !== 0)],
        ['or', 2, 2, (a, b) => Number(a !== 0 || b !== 0)],
        ['not', 1, 1, (a) => Number(a === 0)],
      ] satisfies (readonly [string, number, number, Arithmetic])[]
    ).map(([name, least, most, apply]) => [name, { least, most, apply }]),
  );

class MalformedError extends Error {}
class UnknownError extends Error {}

/** The last expression's value as mod_expr writes it; undefined where it uses what is not worked out here. */
export function evaluateExpression(args: Bytes): Bytes | undefined {
  try {
    const value = new Evaluation(tokensOf(args.replaceAll('|', ';'))).run();
    // Out of range, the C library says more than a number does.
    return Number.isFinite(value) && Math.abs(value) < 1e20 ? show(value) : undefined;
  } catch (error) {
    if (error instanceof MalformedError) return FAILED;
    if (error instanceof UnknownError) return undefined;
    throw error;
  }
}

function show(value: number): Bytes {
  return value.toFixed(10).replace(/\.?0+$/, '');
}

function tokensOf(text: Bytes): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (text[at] === '&') throw new UnknownError();
      throw new MalformedError();
    }
    const token = match.groups?.['value'] ?? match.groups?.['name'] ?? match.groups?.['sign'];
    if (token === undefined) continue;
    if (token.length > LONGEST_TOKEN) throw new MalformedError();
    tokens.push(token);
  }
  if (tokens.length > 0 && tokens.at(-1) !== ';') tokens.push(';');
  return tokens;
}

class Evaluation {
  private readonly variables = new Map<string, number>();
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly string[]) {}

  run(): number {
    let value: number | undefined;
    while (this.at < this.tokens.length) {
      value = this.assignment();
      this.expect(';');
    }
    if (value === undefined) throw new MalformedError();
    return value;
  }

  private assignment(): number {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new UnknownError();
    const name = this.tokens[this.at];
    let value: number;
    if (this.tokens[this.at + 1] === '=' && name !== undefined && /^[A-Za-z_]/.test(name)) {
      if (Object.hasOwn(CONSTANTS, name)) throw new MalformedError();
      this.at += 2;
      value = this.assignment();
      this.variables.set(name, value);
    } else {
      value = this.sum();
    }
    this.depth -= 1;
    return value;
  }

  private sum(): number {
    let value = this.product();
    for (;;) {
      if (this.accept('+')) value += this.product();
      else if (this.accept('-')) value -= this.product();
      else return value;
    }
  }

  private product(): number {
    let value = this.power();
    for (;;) {
      if (this.accept('*')) value *= this.power();
      else if (this.accept('/')) {
        const divisor = this.power();
        if (divisor === 0) throw new MalformedError();
        value /= divisor;
      } else return value;
    }
  }

  private power(): number {
    let value = this.signed();
    while (this.accept('^')) value **= this.signed();
    return value;
  }

  private signed(): number {
    let sign = 1;
    for (;;) {
      if (this.accept('-')) sign = -sign;
      else if (!this.accept('+')) return sign * this.primary();
    }
  }

  private primary(): number {
    const token = this.tokens[this.at];
    if (token === undefined) throw new MalformedError();
    this.at += 1;
    if (token === '(') {
      const value = this.assignment();
      this.expect(')');
      return value;
    }
    if (/^[\d.]/.test(token)) return Number.parseFloat(token) || 0;
    if (!/^[A-Za-z_]/.test(token)) throw new MalformedError();
    if (this.accept('(')) return this.call(token);
    return (Object.hasOwn(CONSTANTS, token) ? CONSTANTS[token] : this.variables.get(token)) ?? 0;
  }

  private call(name: string): number {
    const known = FUNCTIONS.get(name);
    if (known === undefined) throw new UnknownError();
    const values: number[] = [];
    do values.push(this.assignment());
    while (this.accept(','));
    this.expect(')');
    if (values.length < known.least || values.length > known.most) throw new MalformedError();
    return known.apply(...values);
  }

  private accept(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private expect(token: string): void {
    if (!this.accept(token)) throw new MalformedError();
  }
}
