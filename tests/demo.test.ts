import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('../scripts/demo.mjs', import.meta.url));

test('the demonstration plays each sample call and shows its timeline and its trace', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  expect(stdout).toContain('4 calls, each where the dialplan sends it.');
  expect(stdout).toMatch(/^\w{8} {2}1001 "1001" → 1002 from extension 1001 on internal: context default by profile/m);
  expect(stdout).toMatch(
    /^ +\d+ ms {2}record_session \/var\/lib\/freeswitch\/recordings\/[\d-]+\/1001\.1002\..*\.wav$/m,
  );
  expect(stdout).toMatch(/^ +\d+ ms {2}bridge user\/1002@example\.com$/m);
  expect(stdout).toContain(
    '    Regex (PASS) [outbound] destination_number(008613800138000) =~ /^00\\d*$/ break=on-true',
  );
  expect(stdout).toMatch(/hung up NORMAL_CLEARING after .* matched record, outbound;/);
}, 60_000);
