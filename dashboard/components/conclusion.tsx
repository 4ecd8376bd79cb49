/** How a job or run is, in five kinds: each has a colour, a sign and a pattern. */
export type Kind = 'success' | 'failure' | 'cancelled' | 'running' | 'waiting';

const KINDS: Readonly<Record<string, Kind>> = {
  success: 'success',
  failure: 'failure',
  timed_out: 'failure',
  startup_failure: 'failure',
  error: 'failure',
  created: 'waiting',
  in_progress: 'running',
  requested: 'waiting',
  queued: 'waiting',
  pending: 'waiting',
  waiting: 'waiting',
  action_required: 'waiting',
};

/** The kind of a conclusion or status; what is neither good nor bad is `cancelled`. */
export function kindOf(conclusionOrStatus: string): Kind {
  return KINDS[conclusionOrStatus] ?? 'cancelled';
}

const SIGNS: Readonly<Record<Kind, string>> = {
  success: 'M4.5 8.3 7 10.8l4.6-5.4',
  failure: 'M5.3 5.3l5.4 5.4M10.7 5.3 5.3 10.7',
  cancelled: 'M4.3 11.7l7.4-7.4',
  running: 'M8 5.5v5M5.5 8h5',
  waiting: 'M8 5v3.2l2 1.3',
};

interface ConclusionProps {
  /** A conclusion or a status. */
  readonly value: string;
  /** Only the sign; the word is for screen readers and the tooltip. */
  readonly isShort?: boolean;
}

/** The sign of a conclusion or status, with its word. */
export function Conclusion({ value, isShort = false }: ConclusionProps) {
  const kind = kindOf(value);
  const word = value.replaceAll('_', ' ');
  return (
    <span class="conclusion" data-kind={kind} title={isShort ? word : undefined}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="7" />
        {kind === 'running' ? <circle class="inner" cx="8" cy="8" r="2.6" /> : <path d={SIGNS[kind]} />}
      </svg>
      <span class={isShort ? 'hidden-text' : undefined}>{word}</span>
    </span>
  );
}

/** Patterns for bars: draw it once in each page. Use them as `fill="url(#pattern-waiting)"`. */
export function Patterns() {
  return (
    <svg class="hidden-text" aria-hidden="true">
      <defs>
        {(['cancelled', 'waiting', 'failure'] as const).map((kind) => (
          <pattern
            key={kind}
            id={`pattern-${kind}`}
            class={`pattern-${kind}`}
            width="5"
            height="5"
            patternUnits="userSpaceOnUse"
            patternTransform={kind === 'failure' ? 'rotate(-45)' : 'rotate(45)'}
          >
            <rect width="5" height="5" />
            <path d="M0 0v5" />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}
