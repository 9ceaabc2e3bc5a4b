import { compileScript } from './compile-script.js';
import { FreeSwitch } from './free-switch.js';
import { ScaledClock } from './scaled-clock.js';
import type { Script } from './script.js';

export interface FreeSwitchOptions {
  readonly script?: Script;
  /** How many times faster than real time everything goes; 1 if nothing is said. */
  readonly speed?: number;
}

/** A simulated FreeSWITCH, without calls at first. Throws an error if the script is none. */
export function startFreeSwitch({ script = {}, speed = 1 }: FreeSwitchOptions = {}): FreeSwitch {
  return new FreeSwitch(new ScaledClock(speed), compileScript(script));
}
