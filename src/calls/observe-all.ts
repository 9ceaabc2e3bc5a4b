/** Several observers of calls as one: where one fails, the call and the other observers go on. */
import type { Call, CallObserver } from './call.js';

/** @param onFault hears what an observer threw, which is a fault of its own, and about which call */
export function observeAll(
  observers: readonly CallObserver[],
  onFault: (error: unknown, call: Call) => void,
): CallObserver {
  function tell(call: Call, notify: (observer: CallObserver) => void): void {
    for (const observer of observers) {
      try {
        notify(observer);
      } catch (error) {
        onFault(error, call);
      }
    }
  }

  return {
    arrived(call) {
      tell(call, (observer) => {
        observer.arrived(call);
      });
    },
    decided(call) {
      tell(call, (observer) => {
        observer.decided(call);
      });
    },
    applicationStarted(call, application) {
      tell(call, (observer) => {
        observer.applicationStarted(call, application);
      });
    },
    applicationEnded(call, application) {
      tell(call, (observer) => {
        observer.applicationEnded(call, application);
      });
    },
    ended(call) {
      tell(call, (observer) => {
        observer.ended(call);
      });
    },
  };
}
