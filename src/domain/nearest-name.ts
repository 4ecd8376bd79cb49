/**
 * How many letters must be added, removed, replaced or swapped with their neighbour to turn `from` into `to`.
 */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** One mistake in so many letters: with more, a short name would be near to any other. */
const LETTERS_PER_MISTAKE = 3;

/** The known name that was most probably meant by `name`, or undefined if none is close. Ignores case. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let nearestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    const letters = Math.min(name.length, candidate.length);
    if (distance >= nearestDistance || distance * LETTERS_PER_MISTAKE > letters) continue;
    nearest = candidate;
    nearestDistance = distance;
  }
  return nearest;
}
