import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTree, type Node } from 'jsonc-parser';
import { jsonPositions } from '../../src/dialplan/json-positions.js';
import { pointerTo } from '../../src/dialplan/pointer.js';
import { positionAt, type Position } from '../../src/dialplan/position.js';

const document = `{
  "condition": [
    { "field": "a", "action": [{ "application": "answer" },
                               { "application": "hangup" }] },
    "x"
  ],
  "a/b~c": { "": 1 },
  "twice": { "one": 1 },
  "twice": 2
}`;

function positionOf(json: string, pointer: string): string {
  const at = jsonPositions(json, [pointer]).get(pointer);
  return `${String(at?.line)}:${String(at?.column)}`;
}

describe('where a pointer leads', () => {
  test.each([
    ['the whole', '', '1:1'],
    ['a member, to its key', '/condition', '2:3'],
    ['an element', '/condition/1', '5:5'],
    ['a member of an element', '/condition/0/field', '3:7'],
    ['an element of a list in it', '/condition/0/action/1', '4:32'],
    ['what is deepest there, where there is no such thing', '/condition/0/action/2/data', '3:21'],
    ['into what is no object', '/condition/1/field', '5:5'],
    ['a name that had to be escaped', '/a~1b~0c', '7:3'],
    ['an empty name', '/a~1b~0c/', '7:14'],
    ['of two of one name to the last', '/twice', '9:3'],
    ['not to what only the first had', '/twice/one', '9:3'],
  ])('%s', (_what, pointer, place) => {
    expect(positionOf(document, pointer)).toBe(place);
  });

  test('a byte order mark is no column, and a line may end as on Windows', () => {
    expect(positionOf('\uFEFF{"a":1}', '/a')).toBe('1:2');
    expect(positionOf('{\r\n  "a": 1,\r\n  "b": 2}', '/b')).toBe('3:3');
  });

  test('nothing is where nothing is', () => {
    expect(positionOf('', '/a')).toBe('1:1');
    expect(positionOf('\n\n 7', '/a')).toBe('3:2');
  });
});

/** Each pointer into a tree, with where the parser says it is. */
function* placesIn(json: string, node: Node, pointer: string, at: number): Generator<[string, Position]> {
  yield [pointer, positionAt(json, at)];
  for (const [index, child] of (node.children ?? []).entries()) {
    if (node.type === 'array') yield* placesIn(json, child, pointer + pointerTo(index), child.offset);
    else {
      const [key, value] = child.children as [Node, Node];
      yield* placesIn(json, value, pointer + pointerTo(key.value as string), child.offset);
    }
  }
}

test('every pointer into any document leads where a parser finds it', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 1, 3), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), undefined, indent);
      const tree = parseTree(text) as Node;
      const expected = new Map(placesIn(text, tree, '', tree.offset));
      expect(jsonPositions(text, expected.keys())).toEqual(expected);
    }),
  );
});
