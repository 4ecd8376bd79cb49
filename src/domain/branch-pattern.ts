/**
 * A pattern for branch names, in pieces: `*` for anything within a path part, `**` for anything, every other
 * piece for itself.
 */
export type BranchPattern = readonly string[];

/** Splits a pattern into pieces. Every text is a valid pattern; only `*` has a special meaning. */
export function parseBranchPattern(text: string): BranchPattern {
  return (text.match(/\*+|[^*]+/g) ?? []).map((piece) => (piece.startsWith('**') ? '**' : piece));
}

/**
 * Whether the pattern matches the whole of `branch`. It keeps the set of positions that the pieces so far can
 * reach, so the time is bounded by the product of the two lengths, whatever they contain.
 */
export function matchesBranch(pattern: BranchPattern, branch: string): boolean {
  let reached: number[] = [0];
  for (const piece of pattern) {
    if (piece === '**') reached = positionsFrom(reached[0], branch);
    else if (piece === '*') reached = positionsWithinPart(reached, branch);
    else reached = reached.filter((at) => branch.startsWith(piece, at)).map((at) => at + piece.length);
    if (reached.length === 0) return false;
  }
  return reached.at(-1) === branch.length;
}

function positionsFrom(first: number | undefined, branch: string): number[] {
  const positions: number[] = [];
  for (let at = first ?? 0; at <= branch.length; at += 1) positions.push(at);
  return positions;
}

/** From each of the ascending `starts` to the next `/`, exclusive. */
function positionsWithinPart(starts: readonly number[], branch: string): number[] {
  const positions: number[] = [];
  for (const start of starts) {
    // A start that is already covered lies in the same part, and leads no further.
    if (start <= (positions.at(-1) ?? -1)) continue;
    for (let at = start; at <= branch.length; at += 1) {
      positions.push(at);
      if (branch[at] === '/') break;
    }
  }
  return positions;
}
