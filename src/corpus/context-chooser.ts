/** A dialplan, and how it chooses contexts for the calls of a corpus. */
import type { ChannelHeaders } from '../dialplan/caller-profile.js';
import { callerContext } from '../replay/caller-context.js';
import {
  contextOf,
  selectContext,
  type Routing,
  type Selected,
  type SelectedContext,
} from '../routes/select-context.js';
import { defaultDomain, type Snapshot } from '../routes/snapshot.js';

export interface ContextOptions {
  /** The domain of calls that name none that is known. */
  readonly domain: string | undefined;
  /** Whether calls are hunted in the context FreeSWITCH had them in, whatever the routes say. */
  readonly callerContext: boolean;
}

export class ContextChooser {
  private readonly defaultDomain: string;

  constructor(
    readonly snapshot: Snapshot,
    private readonly options: ContextOptions,
  ) {
    this.defaultDomain = defaultDomain(snapshot, options.domain);
  }

  /** @param routing what is read of the same data */
  choose(routing: Routing, data: ChannelHeaders): Selected {
    return contextOf(routing, this.snapshot, this.defaultDomain, this.asked(data));
  }

  /** The same, and why. */
  select(data: ChannelHeaders): SelectedContext {
    return selectContext(data, this.snapshot, this.defaultDomain, this.asked(data));
  }

  private asked(data: ChannelHeaders): string | undefined {
    return this.options.callerContext ? callerContext(data) : undefined;
  }
}
