/** Simulated time, in milliseconds since the simulation began. */
export interface Clock {
  now(): number;
  /** Runs an action at a time; a time that is past means as soon as what is due before it has run. Never synchronously. */
  at(time: number, action: () => void): Timer;
  /** Lets something from outside in: what is due runs first, then the action, then what the action made due. */
  enter(action: () => void): void;
}

export interface Timer {
  cancel(): void;
}
