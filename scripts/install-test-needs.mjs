/**
 * What the tests need of the system: installs the Debian packages that are missing where it may (root, apt-get), else says in
 * one line what to install. Exit status 0 if all is there, 2 if not.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import koffi from 'koffi';

/** Each need, the Debian package that has it, and whether it is there. */
const NEEDS = [
  { what: 'PCRE2', package: 'libpcre2-8-0', isThere: () => hasLibrary(['libpcre2-8.so.0', 'libpcre2-8.dylib']) },
  { what: 'Chromium', package: 'chromium', isThere: () => hasProgram('chromium') },
  { what: 'openssl', package: 'openssl', isThere: () => hasProgram('openssl') },
  { what: 'redis-server', package: 'redis-server', isThere: () => hasProgram('redis-server') },
];

/** Another installation may be under way. */
const LOCK_SECONDS = 300;

function hasLibrary(names) {
  return names.some((name) => {
    try {
      koffi.load(name).unload();
      return true;
    } catch {
      return false;
    }
  });
}

function hasProgram(name) {
  return (process.env.PATH ?? '').split(path.delimiter).some((directory) => {
    try {
      accessSync(path.join(directory, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function install(packages) {
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
  // No service is to be started: the tests start their own, on free ports.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const lock = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`];
  spawnSync('apt-get', [...lock, '-qq', 'update'], quiet);
  execFileSync('apt-get', [...lock, '-qq', 'install', '-y', '--no-install-recommends', ...packages], {
    ...quiet,
    env,
  });
}

const missing = NEEDS.filter(({ isThere }) => !isThere());
if (missing.length > 0) {
  const packages = missing.map((need) => need.package);
  const command = `apt-get install ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) {
    console.error(
      `The tests need ${missing.map(({ what }) => what).join(', ')}; install it first (on Debian: ${command}).`,
    );
    process.exit(2);
  }
  console.error(`Installing what the tests need: ${packages.join(', ')}`);
  try {
    install(packages);
  } catch (error) {
    console.error(`${command} failed: ${error.message}`);
    process.exit(2);
  }
}
