/**
 * What is checked, in the order in which the findings are printed: each is of use only if those before it are well.
 * docs/no-data.md asks the same questions in the same order.
 */
export const CHECKS = [
  ...(['configuration', 'proxy', 'storage'] as const),
  ...(['webhook listener', 'webhook certificate', 'api listener', 'api certificate'] as const),
  ...(['GitHub', 'credentials', 'permissions', 'webhooks', 'job tokens'] as const),
  ...(['deliveries', 'receiver'] as const),
] as const;

/** A receiver has its name behind the word. */
export type Checked = (typeof CHECKS)[number] | `receiver ${string}`;

/** What a check found. `warning`: it works, but not as well as it could. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'failed';
  /** What was checked, in a word or two. */
  readonly about: Checked;
  readonly what: string;
  /** How to fix it. */
  readonly hint?: string;
}

/** The findings about one thing. */
export function findingsAbout(about: Checked) {
  const make = (level: Finding['level'], what: string, hint?: string): Finding =>
    hint === undefined ? { level, about, what } : { level, about, what, hint };
  return {
    ok: (what: string) => make('ok', what),
    warning: (what: string, hint: string) => make('warning', what, hint),
    failed: (what: string, hint: string) => make('failed', what, hint),
  };
}

const LEVEL_WIDTH = 9;
const ABOUT_WIDTH = 17;

/** A finding on a line of its own, and below it what to do. */
export function findingText({ level, about, what, hint }: Finding): string {
  const line = `${level.padEnd(LEVEL_WIDTH)}${about.padEnd(ABOUT_WIDTH)} ${what}\n`;
  return hint === undefined ? line : `${line}${' '.repeat(LEVEL_WIDTH + ABOUT_WIDTH)} → ${hint}\n`;
}

/** The last line. */
export function summaryText(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  if (failed + warnings === 0) return '\nAll is well.\n';
  const parts = [`${failed} failed`, warnings === 1 ? '1 warning' : `${warnings} warnings`];
  return `\n${parts.join(', ')}.\n`;
}
