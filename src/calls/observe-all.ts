/** Several observers of calls as one: where one fails, the call and the other observers go on. */
import type { CallObserver } from './call.js';

/** @param onFault hears what an observer threw, which is a fault of its own */
export function observeAll(observers: readonly CallObserver[], onFault: (error: unknown) => void): CallObserver {
  function tell(notify: (observer: CallObserver) => void): void {
    for (const observer of observers) {
      try {
        notify(observer);
      } catch (error) {
        onFault(error);
      }
    }
  }

  return {
    arrived(call) {
      tell((observer) => {
        observer.arrived(call);
      });
    },
    decided(call) {
      tell((observer) => {
        observer.decided(call);
      });
    },
    applicationStarted(call, application) {
      tell((observer) => {
        observer.applicationStarted(call, application);
      });
    },
    applicationEnded(call, application) {
      tell((observer) => {
        observer.applicationEnded(call, application);
      });
    },
    ended(call) {
      tell((observer) => {
        observer.ended(call);
      });
    },
  };
}
