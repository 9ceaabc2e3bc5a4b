/** A moment as it stands in the names of files, so that they sort by it. */

/** `20261125T071523123Z` */
export function fileStamp(moment: Date): string {
  return moment.toISOString().replace(/[-:.]/g, '');
}

/** Days since the epoch, in UTC: files begin anew with each. */
export function dayOf(epochMs: number): number {
  return Math.floor(epochMs / 86_400_000);
}
