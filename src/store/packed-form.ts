/*
 * Values as JSON in little space: objects are arrays of their values, a text or object that occurs again is a number,
 * and a time is the distance from the one before it. A form says how a type is packed, and can't leave a field out.
 */

/** What the values of one block share. */
export interface Shared {
  /** Texts and objects, packed, each once. */
  readonly table: unknown[];
  /** The place in the table; kept while packing only. */
  readonly places: Map<string, number>;
  lastMs: number;
}

export interface Form<T> {
  pack(value: T, shared: Shared): unknown;
  /** In the order in which it was packed. */
  unpack(packed: unknown, shared: Shared): T;
}

/** Packs values one after the other into a JSON text. */
export function packBlock<T>(form: Form<T>, values: readonly T[]): string {
  const shared: Shared = { table: [], places: new Map(), lastMs: 0 };
  const packed = values.map((value) => form.pack(value, shared));
  return JSON.stringify([shared.table, packed]);
}

/** The values of a block that was parsed. */
export function unpackBlock<T>(form: Form<T>, [table, packed]: PackedBlock): T[] {
  const shared: Shared = { table: [...table], places: new Map(), lastMs: 0 };
  return packed.map((each) => form.unpack(each, shared));
}

export type PackedBlock = readonly [table: readonly unknown[], values: readonly unknown[]];

/** What JSON has anyway: numbers, truth values, short words that hardly repeat. */
export function plain<T extends number | boolean | string | null>(): Form<T> {
  return { pack: (value) => value, unpack: (packed) => packed as T };
}

/** Milliseconds since 1970. */
export const TIME: Form<number> = {
  pack(ms, shared) {
    const distance = ms - shared.lastMs;
    shared.lastMs = ms;
    return distance;
  },
  unpack(packed, shared) {
    shared.lastMs += Number(packed);
    return shared.lastMs;
  },
};

/** What is likely to occur again in the block. Must contain no `TIME`. */
export function repeated<T>(form: Form<T>): Form<T> {
  return {
    pack(value, shared) {
      const packed = form.pack(value, shared);
      // A list begins with a bracket, as no text does here.
      const text = typeof packed === 'string' ? `"${packed}` : JSON.stringify(packed);
      const known = shared.places.get(text);
      if (known !== undefined) return known;
      shared.places.set(text, shared.table.length);
      return shared.table.push(packed) - 1;
    },
    unpack: (packed, shared) => form.unpack(shared.table[Number(packed)], shared),
  };
}

export function orNull<T>(form: Form<T>): Form<T | null> {
  return {
    pack: (value, shared) => (value === null ? null : form.pack(value, shared)),
    unpack: (packed, shared) => (packed === null ? null : form.unpack(packed, shared)),
  };
}

export function listOf<T>(form: Form<T>): Form<readonly T[]> {
  return {
    pack: (values, shared) => values.map((value) => form.pack(value, shared)),
    unpack: (packed, shared) => (packed as readonly unknown[]).map((each) => form.unpack(each, shared)),
  };
}

/**
 * The fields in this order. New ones go to the end, and may be null: they are in an object that was packed before
 * they were there.
 */
export function objectOf<T extends object>(fields: { readonly [Name in keyof T]-?: Form<T[Name]> }): Form<T> {
  const forms = Object.entries<Form<unknown>>(fields as Record<string, Form<unknown>>);
  return {
    pack: (value, shared) => forms.map(([name, form]) => form.pack(value[name as keyof T], shared)),
    unpack(packed, shared) {
      const values = packed as readonly unknown[];
      const entries = forms.map(([name, form], at) => [name, form.unpack(values[at] ?? null, shared)]);
      return Object.fromEntries(entries) as T;
    },
  };
}
