import { expect, test } from '@jest/globals';
import type { Call, CallObserver, ExecutedApplication } from '../../src/calls/call.js';
import { observeAll } from '../../src/calls/observe-all.js';

const call = {} as Call;
const application = {} as ExecutedApplication;

function tellAll(observer: CallObserver): void {
  observer.arrived(call);
  observer.decided(call);
  observer.applicationStarted(call, application);
  observer.applicationEnded(call, application);
  observer.ended(call);
}

function recording(into: string[]): CallObserver {
  return {
    arrived: () => into.push('arrived'),
    decided: () => into.push('decided'),
    applicationStarted: () => into.push('started'),
    applicationEnded: () => into.push('completed'),
    ended: () => into.push('ended'),
  };
}

test('an observer that fails holds up neither the call nor the other observers, and its faults are told', () => {
  const failing = new Proxy({} as CallObserver, {
    get: (_target, verb) => () => {
      throw new Error(String(verb));
    },
  });
  const heard: string[] = [];
  const faults: unknown[] = [];
  const onFault = (error: unknown, about: Call): void => {
    expect(about).toBe(call);
    faults.push((error as Error).message);
  };
  tellAll(observeAll([failing, recording(heard)], onFault));
  expect(heard).toEqual(['arrived', 'decided', 'started', 'completed', 'ended']);
  expect(faults).toEqual(['arrived', 'decided', 'applicationStarted', 'applicationEnded', 'ended']);
});
