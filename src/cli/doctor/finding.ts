/** What a check found. `warning`: it works, but not as well as it could. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failed';
  /** What was looked at, in a word or two. */
  readonly about: string;
  readonly what: string;
  /** How to put it right. */
  readonly hint?: string;
}

/** The findings about one thing. */
export function findingsAbout(about: string) {
  const make = (level: Finding['level'], what: string, hint?: string): Finding =>
    hint === undefined ? { level, about, what } : { level, about, what, hint };
  return {
    ok: (what: string) => make('ok', what),
    warning: (what: string, hint: string) => make('warning', what, hint),
    failed: (what: string, hint: string) => make('failed', what, hint),
  };
}
