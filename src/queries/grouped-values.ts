interface Part {
  readonly groups: Int32Array;
  readonly values: Float64Array;
}

/**
 * Collects values, each of a group, and answers those of some groups. Groups are small whole numbers. Takes 12
 * bytes a value, and 8 more for each that is asked for.
 */
export class GroupedValues {
  readonly #parts: Part[] = [];

  /** How often values were added. */
  get parts(): number {
    return this.#parts.length;
  }

  /** The group of each value is at the same place. Both arrays must stay as they are. */
  add(groups: Int32Array, values: Float64Array): void {
    this.#parts.push({ groups, values });
  }

  /**
   * The values of each of those groups, in the order in which they were added: of the parts from one until
   * before another. The arrays may be changed.
   */
  of(wanted: readonly number[], fromPart = 0, toPart = this.parts): Float64Array[] {
    const parts = this.#parts.slice(fromPart, toPart);
    const places = new Int32Array(wanted.reduce((most, group) => Math.max(most, group), 0) + 1).fill(-1);
    wanted.forEach((group, place) => {
      places[group] = place;
    });
    const starts = startsOf(parts, places, wanted.length);
    const found = new Float64Array(starts[wanted.length] ?? 0);
    const next = starts.slice();
    for (const { groups, values } of parts) {
      for (let at = 0; at < groups.length; at += 1) {
        const place = placeOf(groups[at] ?? 0, places);
        if (place < 0) continue;
        found[next[place] ?? 0] = values[at] ?? 0;
        next[place] = (next[place] ?? 0) + 1;
      }
    }
    return wanted.map((_, place) => found.subarray(starts[place], starts[place + 1]));
  }

  /** Of all groups, in the order in which they were added. The array may be changed. */
  all(): Float64Array {
    const found = new Float64Array(this.#parts.reduce((sum, { values }) => sum + values.length, 0));
    let at = 0;
    for (const { values } of this.#parts) {
      found.set(values, at);
      at += values.length;
    }
    return found;
  }
}

/** Where the values of each place begin if they are put one after the other, and where those of the last end. */
function startsOf(parts: readonly Part[], places: Int32Array, count: number): Int32Array {
  const starts = new Int32Array(count + 1);
  for (const { groups } of parts) {
    for (let at = 0; at < groups.length; at += 1) {
      const place = placeOf(groups[at] ?? 0, places);
      if (place >= 0) starts[place + 1] = (starts[place + 1] ?? 0) + 1;
    }
  }
  for (let place = 1; place <= count; place += 1)
    starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0);
  return starts;
}

/** Never looks beyond the end: that would be slow. */
function placeOf(group: number, places: Int32Array): number {
  return group < places.length ? (places[group] ?? -1) : -1;
}
