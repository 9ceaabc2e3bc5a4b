/** A pattern this module cannot tell anything about, though PCRE2 may well match with it. The message says why. */
export class UnreadablePattern extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadablePattern';
  }
}
