/** The distribution of response times, in bounded memory. */
export interface Latencies {
  add(ms: number): void;
  /**
   * The time that the share `quantile` of the responses did not exceed, to within 2 %; undefined without any.
   */
  quantile(quantile: number): number | undefined;
}

/** Each class of times is 2 % wider than the one before it. */
const GROWTH = 1.02;
const LEAST_MS = 0.01;

export function createLatencies(): Latencies {
  const classes: number[] = [];
  let total = 0;
  return {
    add(ms) {
      const place = Math.max(0, Math.ceil(Math.log(ms / LEAST_MS) / Math.log(GROWTH)));
      classes[place] = (classes[place] ?? 0) + 1;
      total++;
    },
    quantile(quantile) {
      if (total === 0) return undefined;
      let left = Math.ceil(quantile * total);
      const place = Array.from(classes, (count) => count ?? 0).findIndex((count) => {
        left -= count;
        return left <= 0;
      });
      return LEAST_MS * GROWTH ** place;
    },
  };
}
