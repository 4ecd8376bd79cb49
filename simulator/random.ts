/** A seeded random source. The same seed gives the same draws on every machine. */
export interface Random {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** One of `from`, with a probability in proportion to its `weight`. */
  weighted<T extends { readonly weight: number }>(from: readonly T[]): T;
  /**
   * Log-normal, as durations are: half of the draws are below `median`; `spread` 0.5 is narrow, 1 is wide.
   */
  around(median: number, spread: number): number;
  /** `length` hexadecimal digits. */
  hex(length: number): string;
}

/** FNV-1a with a final mix: spreads similar texts over all 32-bit numbers. */
function hash(text: string, start: number): number {
  let value = start;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A whole number below 2^32 that depends on nothing but the text. */
export function hashOf(text: string): number {
  return hash(text, 0x811c9dc5);
}

/** sfc32: small, fast, and passes the usual statistical tests. */
function generator(key: string): () => number {
  let a = hash(key, 0x811c9dc5);
  let b = hash(key, 0x9e3779b9);
  let c = hash(key, 0x243f6a88);
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** The draws named by `key`; different keys are independent of each other. */
export function createRandom(key: string): Random {
  const bits = generator(key);
  const next = () => bits() / 0x1_0000_0000;
  const pickAt = <T>(from: readonly T[], index: number): T => {
    const found = from[index];
    if (found === undefined) throw new Error('Nothing to pick from.');
    return found;
  };
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => pickAt(from, Math.floor(next() * from.length)),
    weighted(from) {
      let left = next() * from.reduce((sum, each) => sum + each.weight, 0);
      const found = from.findIndex((each) => {
        left -= each.weight;
        return left < 0;
      });
      return pickAt(from, found === -1 ? from.length - 1 : found);
    },
    around(median, spread) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
    hex(length) {
      let text = '';
      while (text.length < length) text += bits().toString(16).padStart(8, '0');
      return text.slice(0, length);
    },
  };
}
