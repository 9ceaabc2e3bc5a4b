/** Several observers of calls as one. */
import type { CallObserver } from './call.js';

export function observeAll(observers: readonly CallObserver[]): CallObserver {
  return {
    arrived(call) {
      for (const observer of observers) observer.arrived(call);
    },
    decided(call) {
      for (const observer of observers) observer.decided(call);
    },
    applicationStarted(call, application) {
      for (const observer of observers) observer.applicationStarted(call, application);
    },
    applicationEnded(call, application) {
      for (const observer of observers) observer.applicationEnded(call, application);
    },
    ended(call) {
      for (const observer of observers) observer.ended(call);
    },
  };
}
