import type { Finding } from './finding.ts';

const LEVEL_WIDTH = 9;
const ABOUT_WIDTH = 17;

/** A finding on a line of its own, and below it what to do. */
export function textOfFinding({ level, about, what, hint }: Finding): string {
  const line = `${level.padEnd(LEVEL_WIDTH)}${about.padEnd(ABOUT_WIDTH)} ${what}\n`;
  return hint === undefined ? line : `${line}${' '.repeat(LEVEL_WIDTH + ABOUT_WIDTH)} → ${hint}\n`;
}

/** The last line. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length;
  const [failed, warnings] = [count('failed'), count('warning')];
  if (failed + warnings === 0) return '\nAll is well.\n';
  const parts = [`${failed} failed`, warnings === 1 ? '1 warning' : `${warnings} warnings`];
  return `\n${parts.join(', ')}.\n`;
}
