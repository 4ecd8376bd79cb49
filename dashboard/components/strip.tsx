import { formatDuration } from '../format/duration.ts';
import { kindOf } from './conclusion.tsx';

/** One run of a strip, as the API has it. */
export type StripRun = readonly [conclusion: string, durationSeconds: number | null, runId: number];

const SHOWN = 60;
const STEP = 4;
const HEIGHT = 24;
const LEAST = 4;
/** Times the median: what took longer is not drawn higher. */
const TALLEST = 4;

interface StripProps {
  /** From old to new. */
  readonly runs: readonly StripRun[];
  readonly hrefOf: (runId: number) => string;
}

/**
 * The last runs as bars: the height is the duration, colour and shape are the conclusion. Each leads to its
 * run with the mouse; with the keyboard, the row's own link leads to the runs.
 */
export function Strip({ runs, hrefOf }: StripProps) {
  const shown = runs.slice(-SHOWN);
  const longest = longestDrawn(shown);
  return (
    <span class="strip">
      <svg width={SHOWN * STEP} height={HEIGHT} viewBox={`0 0 ${SHOWN * STEP} ${HEIGHT}`} aria-hidden="true">
        {shown.map((run, index) => (
          <Bar
            key={run[2]}
            run={run}
            x={(SHOWN - shown.length + index) * STEP}
            longest={longest}
            href={hrefOf(run[2])}
          />
        ))}
      </svg>
      <span class="hidden-text">{inWords(shown)}</span>
    </span>
  );
}

interface BarProps {
  readonly run: StripRun;
  readonly x: number;
  readonly longest: number;
  readonly href: string;
}

function Bar({ run: [conclusion, duration], x, longest, href }: BarProps) {
  const kind = kindOf(conclusion);
  const height = Math.max(LEAST, Math.round(Math.min(1, (duration ?? 0) / longest) * (HEIGHT - 2)));
  return (
    <a href={href} tabindex={-1}>
      <title>{`${conclusion.replaceAll('_', ' ')}, ${formatDuration(duration)}`}</title>
      <rect class="strip-room" x={x} y={0} width={STEP} height={HEIGHT} />
      <rect class="mark" data-kind={kind} x={x} y={HEIGHT - height} width={STEP - 1} height={height} rx={1} />
      {kind === 'failure' && <rect class="mark" data-kind={kind} x={x} y={0} width={STEP - 1} height={2} />}
    </a>
  );
}

/** So long is a bar of the full height: one run that hung for hours does not make all others flat. */
function longestDrawn(runs: readonly StripRun[]): number {
  const durations = runs.flatMap(([, duration]) => duration ?? []).sort((a, b) => a - b);
  const median = durations[Math.floor(durations.length / 2)] ?? 0;
  return Math.max(1, Math.min(durations.at(-1) ?? 0, TALLEST * median));
}

function inWords(runs: readonly StripRun[]): string {
  if (runs.length === 0) return 'No runs';
  const counts = Map.groupBy(runs, ([conclusion]) => conclusion.replaceAll('_', ' '));
  const parts = Array.from(counts, ([conclusion, each]) => `${each.length} ${conclusion}`);
  return `Last ${runs.length} runs: ${parts.join(', ')}`;
}
