/** From a beginning to an end, in milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface StepTimes {
  readonly conclusion: string | null;
  readonly startedAtMs: number | null;
  readonly completedAtMs: number | null;
}

/**
 * When a step of a job ran; one without an end until its job ended. Null: it never ran, whatever times GitHub
 * gives a step that was skipped.
 */
export function stepSpan(
  { conclusion, startedAtMs, completedAtMs }: StepTimes,
  jobEndMs: number,
): Span | null {
  if (startedAtMs === null || conclusion === 'skipped') return null;
  return { fromMs: startedAtMs, toMs: Math.max(startedAtMs, completedAtMs ?? jobEndMs) };
}
