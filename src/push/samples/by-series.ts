/**
 * What is made of a metric and a list of labels, once for all samples that share that list (`src/store/
 * sample-unpacking.ts`). It is kept for as long as the list is.
 */
export class BySeries<Labels extends object, Made> {
  readonly #make: (metric: string, labels: Labels) => Made;
  readonly #made = new WeakMap<Labels, { readonly metric: string; readonly made: Made }>();

  constructor(make: (metric: string, labels: Labels) => Made) {
    this.#make = make;
  }

  of({ metric, labels }: { readonly metric: string; readonly labels: Labels }): Made {
    const known = this.#made.get(labels);
    if (known?.metric === metric) return known.made;
    const made = this.#make(metric, labels);
    this.#made.set(labels, { metric, made });
    return made;
  }
}
