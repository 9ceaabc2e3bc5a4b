import { describe, expect, test } from '@jest/globals';
import { readXml } from './read-xml.js';

/** The data of the first extension's first actions, and what was found. */
function dataOf(xml: string, setup: Parameters<typeof readXml>[1] = {}): { data: unknown[]; found: string[] } {
  const { contexts, findings } = readXml(xml, setup);
  const conditions = contexts.flatMap(({ extensions }) =>
    extensions.flatMap(({ document }) => document.condition ?? []),
  );
  const actions = conditions.flatMap((condition) => ('action' in condition ? condition.action : undefined) ?? []);
  return {
    data: actions.map((action) => ('data' in action ? action.data : undefined)),
    found: findings.map(({ severity, where, message }) => `${severity} ${where}: ${message}`),
  };
}

function action(data: string): string {
  return `<context name="c"><extension name="e"><condition><action application="set" data="${data}"/></condition></extension></context>\n`;
}

const SET = (assignment: string): string => `<X-PRE-PROCESS cmd="set" data="${assignment}"/>\n`;

describe('global variables', () => {
  test('are replaced from where they are set on, names in any case', () => {
    expect(dataOf(`${action('$${a}')}${SET('A=1')}`, { globalsComplete: true }).data).toEqual(['']);
    expect(dataOf(`${SET('A = 1 ')}${action('<$${a}>').replaceAll('<$', '($').replaceAll('}>', '})')}`).data).toEqual([
      '(1 )',
    ]);
  });

  test('in another global count at the time it is set; a reference to a variable of the channel is defused', () => {
    const xml = `${SET('a=1')}${SET('b=$${a}-${x}')}${SET('a=2')}${action('$${b}')}`;
    expect(dataOf(xml).data).toEqual(['1-%{x}']);
  });

  test('that are not known stay, also inside another, and are a loss with the place they were first used at', () => {
    const xml = `${SET('domain=$${local_ip_v4}')}${action('$${domain}')}`;
    const { data, found } = dataOf(xml);
    expect(data).toEqual(['$${local_ip_v4}']);
    expect(found).toEqual([
      "loss in.xml:2: $${local_ip_v4} is not known (used once): kept, and read anew for each call, a variable of the channel first. FreeSWITCH puts its value here when it loads: --set 'local_ip_v4=…'",
    ]);
    expect(dataOf(xml, { globals: { local_ip_v4: '10.0.0.5' } })).toEqual({ data: ['10.0.0.5'], found: [] });
  });

  test.each(['exec-set', 'stun-set', 'env-set'])('set by %s are known if they are given', (command) => {
    const xml = `${SET('ip=1')}<X-PRE-PROCESS cmd="${command}" data="ip=whatever"/>\n${action('$${ip}')}`;
    expect(dataOf(xml).data).toEqual(['$${ip}']);
    expect(dataOf(xml, { globals: { IP: '2' } })).toEqual({ data: ['2'], found: [] });
  });

  test('without a closing brace are left alone; references of the channel too', () => {
    expect(dataOf(action('$${a ${b} $$ {c}')).data).toEqual(['$${a ${b} $$ {c}']);
  });

  test('without end, by the hundred thousand, take no time', () => {
    const data = '$${'.repeat(300_000);
    expect(dataOf(action(data)).data).toEqual([data]);
  });

  test('are replaced before entities are decoded', () => {
    expect(dataOf(action('$&#36;{a}'), { globals: { a: '1' } })).toEqual({ data: ['$${a}'], found: [] });
  });
});

describe('includes', () => {
  test('are put in place in the order of their names, relative to the file that names them', () => {
    const files = {
      '/conf/dialplan/b.xml': action('b'),
      '/conf/dialplan/a.xml': '<X-PRE-PROCESS cmd="include" data="sub/*.xml"/>\n',
      '/conf/dialplan/sub/x.xml': '<include>\n<X-PRE-PROCESS cmd="set" data="v=1"/>\n</include>\n',
      '/conf/dialplan/sub/y.xml': action('x$${v}').replace('name="c"', 'name="other"'),
    };
    expect(dataOf('<X-PRE-PROCESS cmd="include" data="dialplan/*.xml"/>', { files })).toEqual({
      data: ['x1', 'b'],
      found: [],
    });
  });

  test('in a comment are followed nevertheless, and said to be', () => {
    const { data, found } = dataOf('<!-- <X-PRE-PROCESS cmd="include" data="a.xml"/> -->', {
      files: { '/conf/a.xml': action('a') },
    });
    expect(data).toEqual(['a']);
    expect(found).toEqual(['warning in.xml:1: FreeSWITCH follows this directive although it is inside a comment']);
  });

  test('of the older form are followed, over several lines too', () => {
    const xml = '<!--#include "a.xml"-->\n<!--#comment\n  <X-PRE-PROCESS cmd="set" data="a=1"/>\n  --><!-- -->\n';
    expect(dataOf(xml, { files: { '/conf/a.xml': action('$${a}') }, globalsComplete: true })).toEqual({
      data: [''],
      found: [],
    });
  });

  test('that go in a circle end with the way they go', () => {
    const files = {
      '/conf/a.xml': '\n<X-PRE-PROCESS cmd="include" data="b.xml"/>',
      '/conf/b.xml': '<X-PRE-PROCESS cmd="include" data="*.xml"/>',
    };
    expect(() => dataOf('<X-PRE-PROCESS cmd="include" data="a.xml"/>', { files })).toThrow(
      '/conf/b.xml:1: expected includes that come to an end, found that /conf/a.xml includes /conf/b.xml includes /conf/a.xml',
    );
  });

  test('of no file, or of one that cannot be told, are named', () => {
    const xml =
      '<X-PRE-PROCESS cmd="include" data="none.xml"/>\n<X-PRE-PROCESS cmd="include" data="none/*.xml"/>\n' +
      `<X-PRE-PROCESS cmd="include" data="$\${conf_dir}/a.xml"/>\n${action('1')}`;
    expect(dataOf(xml).found).toEqual([
      'warning in.xml:1: there is no file /conf/none.xml to include',
      'loss in.xml:3: cannot tell which files $${conf_dir}/a.xml includes: $${conf_dir} is not known',
    ]);
  });
});

describe('lines', () => {
  test('of <include> and <? are dropped, with a warning if there is more on them', () => {
    const xml = `<?xml version="1.0"?>\n<include>\n${action('1')}</include>\n<include><context name="d"></context>\n`;
    expect(dataOf(xml)).toEqual({
      data: ['1'],
      found: ['warning in.xml:5: FreeSWITCH drops the whole line that holds <include>'],
    });
  });

  test('with a directive lose all the rest, and one that is not on one line is no directive', () => {
    const xml = `${action('1').trim()} <X-PRE-PROCESS cmd="set" data="a=1"/>\n<X-PRE-PROCESS\n cmd="set"/>\n${action('2')}`;
    const { data, found } = dataOf(xml);
    expect(data).toEqual(['2']);
    expect(found).toEqual([
      'warning in.xml:2: expected <X-PRE-PROCESS cmd="…" data="…"/> on one line, in double quotes: FreeSWITCH drops the line',
      'warning in.xml:3: text outside of any element is passed over: "cmd=\\"set\\"/>"',
    ]);
  });

  test('that only mention a directive vanish as well, and X-NO-PRE-PROCESS is an element nobody reads', () => {
    const xml = `<!-- X-PRE-PROCESS is explained elsewhere -->\n<X-NO-PRE-PROCESS cmd="set" data="a=1"/>\n${action('1')}`;
    expect(dataOf(xml).data).toEqual(['1']);
    expect(dataOf(xml).found).toEqual([
      'loss in.xml:2: expected <document>, <section name="dialplan">, <context> or <extension>, found <X-NO-PRE-PROCESS>; left out',
    ]);
  });

  test('are counted whatever ends them', () => {
    const broken = '<extension name="e">\r\n\r\n</condition>';
    expect(() => readXml(broken)).toThrow('in.xml:3: expected </extension> for in.xml:1, found </condition>');
  });

  test('of what a command prints are a loss, for it is not run', () => {
    expect(dataOf(`<X-PRE-PROCESS cmd="exec" data="rm -rf /"/>\n${action('1')}`).found).toEqual([
      'loss in.xml:1: FreeSWITCH puts here what rm -rf / prints; it was not run',
    ]);
  });

  test('with a NUL are no text', () => {
    expect(() => readXml('<\0c\0')).toThrow('in.xml:1: expected text, found a NUL byte (is it UTF-16?)');
  });
});
