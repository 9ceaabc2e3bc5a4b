import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Channel } from '../../src/dialplan/channel.js';
import { Answers, type Asking, type Effect } from '../../src/dialplan/effect.js';
import { expand, Surroundings } from '../../src/dialplan/expand.js';
import { quote } from '../../src/dialplan/quote.js';

const data = new Map([
  ['Caller-Destination-Number', '1234'],
  ['Caller-Caller-ID-Name', 'Alice'],
  ['Other-Type', 'originator'],
  ['Other-Leg-Destination-Number', '99'],
  ['variable_foo', 'abcdefgh'],
  ['variable_a_x', 'nested'],
  ['variable_x', 'x'],
  ['variable_list', 'ARRAY::one|:two'],
  ['variable_ref', '<${foo}>'],
  ['variable_loop', '${loop}'],
  ['variable_price', '$5'],
]);

function run(text: string, answer: (effect: Effect) => string | undefined = () => undefined): string {
  const surroundings = new Surroundings(new Channel(data), new Answers());
  return finish(expand(text, surroundings), answer);
}

function finish<Result>(asking: Asking<Result>, answer: (effect: Effect) => string | undefined): Result {
  let step = asking.next();
  while (step.done !== true) step = asking.next(answer(step.value));
  return step.value;
}

describe('expansion', () => {
  test.each([
    ['plain', 'plain'],
    ['${foo}', 'abcdefgh'],
    ['${FOO}', 'abcdefgh'],
    ['<${foo}>', '<abcdefgh>'],
    ['${destination_number}', '1234'],
    ['${aleg_destination_number}', '99'],
    ['${foo:2}', 'cdefgh'],
    ['${foo:2:3}', 'cde'],
    ['${foo:-3}', 'fgh'],
    ['${foo:-30}', 'abcdefgh'],
    ['${foo:30}', ''],
    ['${foo:0:0}', 'abcdefgh'],
    ['${foo:1:-2}', 'bcdefgh'],
    ['${list}', 'ARRAY::one|:two'],
    ['${list[1]}', 'two'],
    ['${list[2]}', ''],
    ['${list[-1]}', 'ARRAY::one|:two'],
    ['${foo[0]}', ''],
    ['${a_${x}}', 'nested'],
    ['${ref}', '<abcdefgh>'],
    ['$${foo}', 'abcdefgh'],
    ['\\${foo}', '${foo}'],
    ['\\\\x', '\\x'],
    ["it\\'s", 'its'],
    ['a\\nb', 'a\\nb'],
    ['${foo', 'abcdefgh'],
    ['$foo', '$foo'],
    ['${x}$${x}', 'xx'],
    ['${x}\\${x}', 'x\\x'],
    ['cost $$ ${x}', 'cost $ x'],
    ['${price}', '$5'],
    ['${}', ''],
  ])('%s is %s', (text, expanded) => {
    expect(run(text)).toBe(expanded);
  });

  test('a value that holds itself is expanded a hundred times, not for ever', () => {
    expect(run('${loop}')).toBe('${loop}');
  });

  test('a value that holds itself twice does not hold the hunt up', () => {
    const surroundings = new Surroundings(new Channel(new Map([['variable_a', '${a}${a}']])), new Answers(), (reason) =>
      reasons.push(reason),
    );
    const reasons: string[] = [];
    finish(expand('${a}', surroundings), () => undefined);
    expect(reasons).toEqual(['over 10000 references']);
  });

  test('asks for globals under their name, and only for what the channel does not hold', () => {
    const asked: Effect[] = [];
    const value = run('${foo}${sounds_dir}${aleg_base}', (effect) => {
      asked.push(effect);
      return effect.kind === 'global' ? `[${effect.name}]` : undefined;
    });
    expect(value).toBe('abcdefgh[sounds_dir][base]');
    expect(asked).toEqual([
      { kind: 'global', name: 'sounds_dir' },
      { kind: 'global', name: 'base' },
    ]);
  });

  test('asks the same only once', () => {
    let asked = 0;
    run('${g}${G}${f(1)}${f(1)}', () => {
      asked += 1;
      return 'x';
    });
    expect(asked).toBe(2);
  });

  test.each([
    ['${strftime(%Y)}', 'strftime', '%Y', '${strftime(%Y)}'],
    ['${strftime %Y}', 'strftime', '%Y', '${strftime %Y}'],
    ['${cond(${x} == x ? 1 : 2)}', 'cond', 'x == x ? 1 : 2', '${cond(x == x ? 1 : 2)}'],
    ['${echo(a(b)c)}', 'echo', 'a(b)c', '${echo(a(b)c)}'],
    ['${expr (1+2)*3}', 'expr', '(1+2', '${expr (1+2)*3}'],
    ['${${x}(y)}', 'x', 'y', '${${x}(y)}'],
  ])('%s calls %s with %s', (text, name, args, expandedText) => {
    const asked: Effect[] = [];
    run(text, (effect) => {
      asked.push(effect);
      return 'answer';
    });
    expect(asked).toEqual([{ kind: 'api', name, arguments: args, text, expandedText }]);
  });

  test('a function without a name is never asked for', () => {
    expect(run('<${ foo}>', () => 'asked')).toBe('<>');
  });

  test('what is quoted expands to itself, twice too', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', '\\', "'", 'n', 'a', '(', ' ') });
    fc.assert(
      fc.property(text, (original) => {
        expect(run(quote(original))).toBe(original);
        expect(run(run(quote(quote(original))))).toBe(original);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no text of references, braces and escapes makes it fail', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', '\\', "'", ':', '[', ']', '(', ')', ' ', '1', 'x') });
    fc.assert(
      fc.property(text, (hostile) => {
        expect(typeof run(hostile, () => '${x}')).toBe('string');
      }),
      { numRuns: 3_000 },
    );
  });
});
