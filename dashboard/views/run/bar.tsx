import type { ComponentChildren } from 'preact';
import type { RunJob } from '../../../src/domain/openapi-types.ts';
import type { Span } from '../../../src/domain/step-span.ts';
import { kindOf } from '../../components/conclusion.tsx';
import { percentAt } from './scale.ts';
import { conclusionOf, type Segment, type Step, segmentsOf, spanOf } from './segments.ts';

const FILLS = { approval: 'url(#pattern-waiting)', queue: 'url(#pattern-cancelled)' } as const;

/** From where to where in a row, in pixels: its top and its height. */
type Lane = readonly [top: number, height: number];
const LANES: Readonly<Record<Segment['phase'], Lane>> = { approval: [6, 10], queue: [6, 10], run: [4, 14] };
const STEP_LANE: Lane = [7, 8];
/** Of a row, without its margins. */
const HEIGHT = 18;

interface BarProps {
  readonly shown: Span;
  readonly nowMs: number;
}

export function JobBar({ job, shown, nowMs }: BarProps & { readonly job: RunJob }) {
  const segments = segmentsOf(job, nowMs);
  return (
    <Line>
      {segments.map((each) => (
        <Mark key={each.phase} of={each} shown={shown} lane={LANES[each.phase]} />
      ))}
      {job.critical && <Outline segments={segments} shown={shown} />}
    </Line>
  );
}

/** All jobs of a matrix, below one another. */
export function GroupBar({ jobs, shown, nowMs }: BarProps & { readonly jobs: readonly RunJob[] }) {
  const height = HEIGHT / jobs.length;
  return (
    <Line>
      {jobs.flatMap((job, index) =>
        segmentsOf(job, nowMs).map((each) => (
          <Mark
            key={`${job.job_id} ${each.phase}`}
            of={each}
            shown={shown}
            lane={[2 + index * height, Math.max(0.8, height - (height > 2 ? 1 : 0))]}
          />
        )),
      )}
    </Line>
  );
}

export function StepBar({
  job,
  step,
  shown,
  nowMs,
}: BarProps & { readonly job: RunJob; readonly step: Step }) {
  const jobEndMs = job.completed_at === null ? nowMs : Date.parse(job.completed_at);
  const span = spanOf(step, jobEndMs);
  const value = conclusionOf(job, step);
  return (
    <Line>
      {span !== null && <Mark of={{ ...span, phase: 'run', value }} shown={shown} lane={STEP_LANE} />}
    </Line>
  );
}

function Line({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg class="bar-line" height="22" aria-hidden="true">
      {children}
    </svg>
  );
}

interface MarkProps {
  readonly of: Segment;
  readonly shown: Span;
  readonly lane: Lane;
}

function Mark({ of, shown, lane: [y, height] }: MarkProps) {
  const at = boxOf(of, shown);
  if (at === null) return null;
  const place = { x: `${at.left}%`, width: `${at.width}%`, y, height };
  if (of.phase !== 'run') return <rect class={of.phase} {...place} fill={FILLS[of.phase]} rx={1.5} />;
  return <rect class="mark" data-kind={kindOf(of.value)} {...place} rx={Math.min(2, height / 3)} />;
}

function Outline({ segments, shown }: { readonly segments: readonly Segment[]; readonly shown: Span }) {
  const [first, last] = [segments[0], segments.at(-1)];
  if (first === undefined || last === undefined) return null;
  const at = boxOf({ fromMs: first.fromMs, toMs: last.toMs }, shown);
  if (at === null) return null;
  return <rect class="critical" x={`${at.left}%`} width={`${at.width}%`} y={1.5} height={19} rx={4} />;
}

/** In percent, cut at the edges; null: outside of what is shown. */
function boxOf({ fromMs, toMs }: Span, shown: Span): { left: number; width: number } | null {
  const [from, to] = [percentAt(fromMs, shown), percentAt(toMs, shown)];
  if (to < 0 || from > 100) return null;
  const left = Math.max(-1, from);
  return { left, width: Math.max(0.15, Math.min(101, to) - left) };
}
