/** The values one label may take: so many and no more, whoever makes them up. */

/** Stands for every value beyond the limit, or that is not known. */
export const OTHER = 'other';

export class LabelValues {
  private readonly known = new Set<string>();

  constructor(private readonly most: number) {}

  /** The value itself, or `other` if there are too many already. */
  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= this.most) return OTHER;
    this.known.add(value);
    return value;
  }
}
