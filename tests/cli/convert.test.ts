import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runParkway, type Finished } from '../support/run-parkway.js';
import { runInProcess } from '../support/run-in-process.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-convert-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function get(name: string): Promise<string> {
  return readFile(path.join(directory, name), 'utf8');
}

function run(...args: string[]): Promise<Finished> {
  return runInProcess(args.map((arg) => arg.replaceAll('DIR', directory)));
}

/** What was written to standard error, without the path of this test's directory. */
function errors({ stderr }: Finished): string[] {
  return stderr.replaceAll(`${directory}/`, '').trim().split('\n');
}

const CONFIGURATION = {
  'conf/freeswitch.xml': `<?xml version="1.0"?>
<document type="freeswitch/xml">
  <X-PRE-PROCESS cmd="include" data="vars.xml"/>
  <section name="dialplan" description="Regex/XML Dialplan">
    <X-PRE-PROCESS cmd="include" data="dialplan/*.xml"/>
  </section>
</document>
`,
  'conf/vars.xml': '<include>\n<X-PRE-PROCESS cmd="set" data="domain=$${local_ip_v4}"/>\n</include>\n',
  'conf/dialplan/default.xml': `<include>
  <context name="default">
    <!-- rings a phone -->
    <extension name="phones">
      <condition field="destination_number" expression="^(10\\d\\d)$">
        <action application="bridge" data="user/$1@$\${domain}"/>
      </condition>
    </extension>
    <X-PRE-PROCESS cmd="include" data="default/*.xml"/>
  </context>
</include>
`,
  'conf/dialplan/default/01_echo.xml': `<include>
  <extension name="echo"><condition field="destination_number" expression="^9196$"><action application="echo"/></condition></extension>
</include>
`,
};

describe('parkway convert', () => {
  test('reads what a glob stands for that the shell left alone, and says where it stands for nothing', async () => {
    await put(CONFIGURATION);
    const { code, stderr } = await run('convert', 'DIR/conf/**/0?_*.xml', '--out', 'DIR/store');
    expect([code, stderr]).toEqual([0, expect.stringMatching(/01_echo\.xml:2: [^]*\n1 context, 1 extension; /)]);
    const none = await run('convert', 'DIR/conf/*.nothing');
    expect([none.code, errors(none)]).toEqual([2, ['parkway: conf/*.nothing: no file matches']]);
  });

  test('turns a configuration directory into a dialplan that Parkway takes, and that back into the same XML', async () => {
    await put(CONFIGURATION);
    const converted = await run(
      'convert',
      'DIR/conf',
      '--out',
      'DIR/store',
      '--domain',
      'example.com',
      '--set',
      'local_ip_v4=10.0.0.5',
    );
    expect([converted.code, converted.stdout, errors(converted)]).toEqual([
      0,
      '',
      ['1 context, 2 extensions; 0 losses, 0 warnings'],
    ]);
    expect(JSON.parse(await get('store/example.com/contexts.json'))).toEqual({ default: ['phones', 'echo'] });
    expect(JSON.parse(await get('store/example.com/extensions/phones.json'))).toEqual({
      description: 'rings a phone',
      condition: [
        {
          field: 'destination_number',
          expression: '^(10\\d\\d)$',
          action: [{ application: 'bridge', data: 'user/$1@10.0.0.5' }],
        },
      ],
    });
    const checked = await run('check-config', '--store', 'DIR/store');
    expect([checked.code, checked.stdout]).toEqual([
      0,
      expect.stringContaining('domain example.com: contexts default (2)'),
    ]);

    const back = await run('convert', 'DIR/store', '--out', 'DIR/xml');
    expect([back.code, errors(back)]).toEqual([0, ['1 context; 0 losses, 0 warnings']]);
    const exported = await runParkway(['export-xml', 'Default', '--store', `${directory}/store`]);
    expect(exported.code).toBe(0);
    expect(exported.stdout).toBe(await get('xml/default.xml'));
    expect(exported.stdout).toContain('<!-- rings a phone -->\n    <extension name="phones">');
  });

  test('of a whole configuration the contexts of profiles, gateways and users become routes, by which calls are hunted', async () => {
    await put(CONFIGURATION);
    await put({
      'conf/freeswitch.xml': CONFIGURATION['conf/freeswitch.xml'].replace(
        '</document>',
        `<section name="configuration"><configuration name="sofia.conf"><profiles>
  <profile name="external"><settings><param name="context" value="default"/></settings></profile>
</profiles></configuration></section>
<section name="directory"><domain name="$\${domain}"><user id="1001"><variables>
  <variable name="user_context" value="default"/></variables></user></domain></section>
</document>`,
      ),
      'call.txt':
        'Event-Name: CHANNEL_DATA\nUnique-ID: 1\nCaller-Destination-Number: 1001\nvariable_sofia_profile_name: external\n\n',
    });
    const converted = await run('convert', 'DIR/conf', '--out', 'DIR/store', '--set', 'local_ip_v4=10.0.0.5');
    expect([converted.code, errors(converted)]).toEqual([
      0,
      ['1 context, 2 extensions, 2 routes; 0 losses, 0 warnings'],
    ]);
    expect(JSON.parse(await get('store/default/routes.json'))).toEqual({
      extension: { '1001': 'default' },
      profile: { external: 'default' },
    });
    const replayed = await run('replay', 'DIR/call.txt', '--store', 'DIR/store', '--timezone', 'Etc/UTC');
    expect(replayed.stdout).toContain('context default by profile external');
    const printed = await run('convert', 'DIR/conf', '--set', 'local_ip_v4=10.0.0.5');
    expect(JSON.parse(printed.stdout)).toHaveProperty('routes.profile', { external: 'default' });
  });

  test('names with file and line what JSON does not hold, and exits 1', async () => {
    await put(CONFIGURATION);
    await put({ 'conf/dialplan/default/02.xml': '<extension name="echo">\n<Condition/></extension>' });
    const finished = await run('convert', 'DIR/conf');
    expect(finished.code).toBe(1);
    expect(errors(finished)).toEqual([
      '✗ conf/dialplan/default/02.xml:2: FreeSWITCH does not read <Condition> here; left out, did you mean "condition"?',
      "✗ conf/dialplan/default.xml:6: $${local_ip_v4} is not known (used once): kept, and read anew for each call, a variable of the channel first. FreeSWITCH puts its value here when it loads: --set 'local_ip_v4=…'",
      '✗ conf/dialplan/default/02.xml:1: extension "echo" is kept as "echo (default)", which the trace shows: its own name is taken, or no file can have it',
      '1 context, 3 extensions; 3 losses, 0 warnings',
    ]);
    expect(JSON.parse(finished.stdout)).toMatchObject({ contexts: { default: ['phones', 'echo', 'echo (default)'] } });
  });

  test('takes all global variables from what FreeSWITCH prints, and shows findings as JSON', async () => {
    await put(CONFIGURATION);
    await put({ 'globals.txt': 'hostname=pbx\r\nlocal_ip_v4=10.1.1.1\n\n' });
    const finished = await run('convert', 'DIR/conf', '--globals', 'DIR/globals.txt', '--format', 'json');
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain('user/$1@10.1.1.1');
    expect(JSON.parse(finished.stderr)).toEqual({
      summary: { done: '1 context, 2 extensions', losses: 0, warnings: 0 },
    });
    await put({ 'globals.txt': 'a=b\nno\n' });
    const broken = await run('convert', 'DIR/conf', '--globals', 'DIR/globals.txt');
    expect([broken.code, errors(broken)]).toEqual([2, ['parkway: globals.txt:2: expected name=value, found "no"']]);
  });

  test('reads files in the order given, a directory of extensions, and leaves no old file behind in silence', async () => {
    await put({
      'vars.xml': '<X-PRE-PROCESS cmd="set" data="a=1"/>\n',
      'parts/20_b.xml': '<extension name="b"><condition><action application="x" data="$${a}"/></condition></extension>',
      'parts/10_a.xml': '<extension name="a/b"/>',
      'store/default/contexts.json': '{}',
    });
    const refused = await run('convert', 'DIR/vars.xml', 'DIR/parts', '--context', 'main', '--out', 'DIR/store');
    expect([refused.code, errors(refused)]).toEqual([
      2,
      ['parkway: store/default/contexts.json is there already, with other content; --force replaces it'],
    ]);
    expect(await readdir(path.join(directory, 'store/default'))).toEqual(['contexts.json']);
    const forced = await run(
      'convert',
      'DIR/vars.xml',
      'DIR/parts',
      '--context',
      'main',
      '--out',
      'DIR/store',
      '--force',
    );
    expect(forced.code).toBe(1);
    expect(JSON.parse(await get('store/default/contexts.json'))).toEqual({ main: ['a_b', 'b'] });
    expect(await get('store/default/extensions/b.json')).toContain('"data": "1"');
  });

  test('says what a dialplan in JSON has that XML does not', async () => {
    await put({
      'store/d/contexts.json': '{"a": ["e", "gone", "bad"], "b/c": []}',
      'store/d/routes.json': '{}',
      'store/d/extensions/e.json': '{"condition": []}',
      'store/d/extensions/unused.json': '{"condition": []}',
      'store/d/extensions/bad.json': '{"condition": 1}',
    });
    const finished = await run('convert', 'DIR/store', '--out', 'DIR/xml');
    expect(finished.code).toBe(1);
    expect(errors(finished)).toEqual([
      '✗ store/d/extensions/bad.json:1:2 /condition: expected an object, found 1; left out',
      '✗ store/d/contexts.json:1:13 /a/1: there is no extension "gone", or it is refused; left out',
      '✗ store/d/contexts.json:1:21 /a/2: there is no extension "bad", or it is refused; left out',
      '✗ store/d/extensions/unused.json:1:1: no context names this extension; left out',
      '✗ store/d/routes.json: routes are not part of an XML dialplan: FreeSWITCH has them in its profiles, gateways and users',
      '2 contexts; 5 losses, 0 warnings',
    ]);
    expect((await readdir(path.join(directory, 'xml'))).sort()).toEqual(['a.xml', 'b_c.xml']);
  });

  test.each([
    [['convert', 'DIR/none'], 'parkway: none: there is no such file or directory'],
    [
      ['convert', 'DIR/nothing'],
      'parkway: nothing: expected folders named for domains with contexts.json and extensions/ in them, found none',
    ],
    [['convert', 'DIR/x.json'], 'parkway: x.json: expected XML, found JSON; of a JSON dialplan give the directory'],
    [['convert', 'DIR/broken.xml'], 'parkway: broken.xml:2: expected </context> for broken.xml:1, found </x>'],
    [['convert', 'DIR/empty.xml'], 'parkway: empty.xml: expected a <context> or an <extension>, found none'],
    [
      ['convert', 'DIR/empty.xml', '--domain', '../x'],
      'parkway: --domain: expected a name a folder can have, found "../x"',
    ],
    [['export-xml', 'x', '--store', 'DIR/none'], 'parkway: none: there is no such directory'],
  ])('%j cannot run: exit status 2', async (args, message) => {
    await put({
      'nothing/README': '',
      'x.json': '{}',
      'broken.xml': '<context>\n</x>',
      'empty.xml': '<include>\n</include>\n',
    });
    const finished = await run(...args);
    expect([finished.code, errors(finished)]).toEqual([2, [message]]);
  });
});

describe('parkway export-xml', () => {
  test('exports from the example dialplan by default, and says which contexts there are', async () => {
    const exported = await run('export-xml', 'external');
    expect(exported.code).toBe(0);
    expect(exported.stdout).toContain('<extension name="reception"');
    const missing = await run('export-xml', 'externl');
    expect([missing.code, errors(missing)]).toEqual([
      2,
      ['parkway: domain example.com has no context "externl", did you mean "external"?; it has default, external'],
    ]);
  });
});
