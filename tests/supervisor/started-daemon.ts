/** The daemon with its page. */
import { TestDaemon, type Extensions, type Settings } from '../support/test-daemon.js';

export interface DaemonOptions {
  readonly extensions?: Extensions;
  readonly settings?: Settings;
}

export const EXTENSIONS: Extensions = {
  record: {
    continue: true,
    condition: [
      {
        field: 'destination_number',
        expression: '^10\\d\\d$',
        action: [{ application: 'set', data: 'recorded=true' }],
      },
    ],
  },
  colleague: {
    condition: [
      {
        field: 'destination_number',
        expression: '^(10\\d\\d)$',
        action: [
          { application: 'answer' },
          { application: 'sleep', data: '1000' },
          { application: 'hangup', data: 'NORMAL_CLEARING' },
        ],
      },
    ],
  },
  never: {
    condition: [
      { field: 'destination_number', expression: '^7777$', action: [{ application: 'hangup', data: 'USER_BUSY' }] },
    ],
  },
};

export function startDaemon({ extensions = EXTENSIONS, settings = {} }: DaemonOptions = {}): Promise<TestDaemon> {
  return TestDaemon.start({
    extensions,
    settings: {
      'supervisor.listen': '127.0.0.1:0',
      drainSeconds: 0,
      // The machine may be busy with other tests.
      'session.connectTimeoutSeconds': 60,
      ...settings,
    },
  });
}
