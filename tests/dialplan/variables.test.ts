import { describe, expect, test } from '@jest/globals';
import { pushVariable, setVariable, VariableMap } from '../../src/dialplan/variables.js';

function after(change: (store: VariableMap) => void): VariableMap {
  const store = new VariableMap();
  change(store);
  return store;
}

describe('channel variables', () => {
  test('names have no case; an empty value removes', () => {
    const store = after((variables) => {
      setVariable(variables, 'Foo', '1');
      setVariable(variables, 'fOO', '2');
    });
    expect(store.get('FOO')).toEqual({ name: 'fOO', value: '2' });
    setVariable(store, 'foo', '');
    expect(store.get('foo')).toBeUndefined();
  });

  test('pushing makes an array, of one at first', () => {
    const store = after((variables) => {
      pushVariable(variables, 'a', 'one', 'end');
    });
    expect(store.get('a')).toEqual({ name: 'a', value: 'one', elements: ['one'] });
    pushVariable(store, 'a', 'two', 'end');
    pushVariable(store, 'a', 'zero', 'start');
    expect(store.get('a')?.value).toBe('ARRAY::zero|:one|:two');
  });

  test('pushing to a plain value keeps it as the first element', () => {
    const store = after((variables) => {
      setVariable(variables, 'a', 'one');
      pushVariable(variables, 'a', 'two', 'end');
    });
    expect(store.get('a')?.elements).toEqual(['one', 'two']);
  });

  test('pushing nothing removes the whole variable', () => {
    const store = after((variables) => {
      setVariable(variables, 'a', 'ARRAY::1|:2');
      pushVariable(variables, 'a', '', 'end');
    });
    expect(store.get('a')).toBeUndefined();
  });

  test('an element by its index; an existing one does not show in the whole value', () => {
    const store = after((variables) => {
      setVariable(variables, 'a[2]', 'c');
    });
    expect(store.get('a')?.value).toBe('ARRAY::|:|:c');
    setVariable(store, 'a[0]', 'x');
    expect(store.get('a')).toEqual({ name: 'a', value: 'ARRAY::|:|:c', elements: ['x', '', 'c'] });
  });

  test('an index out of bounds changes nothing', () => {
    const store = after((variables) => {
      setVariable(variables, 'a[4001]', 'x');
      setVariable(variables, 'b[-1]', 'x');
    });
    expect([store.get('a'), store.get('b')]).toEqual([undefined, undefined]);
  });
});
