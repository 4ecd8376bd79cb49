import type { ToldNumber } from '../../domain/job-numbers.ts';
import { orderedLabels, problemOfLabels, problemOfName, problemOfValue, seriesOf } from './number-rules.ts';

/** The numbers of a body; or, when there are any, the first problems, each with its place. */
export type Found = { readonly numbers: readonly ToldNumber[] } | { readonly problems: readonly string[] };

/** What stands at one place of a body. */
export interface Spelled extends ToldNumber {
  /** For people: a line, or a path. */
  readonly where: string;
}

/** Enough to see what is wrong. */
const MAX_PROBLEMS = 5;

/** Takes the numbers of a body one after the other, and what is wrong with them. */
export function openNumberList(maxNumbers: number) {
  const numbers: ToldNumber[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();

  function refuse(where: string, problem: string): void {
    problems.push(`${where} ${problem}`);
  }

  function add({ where, name, labels, value }: Spelled): void {
    const problem = problemOfName(name) ?? problemOfLabels(labels) ?? problemOfValue(name, value);
    const number = { name, labels: orderedLabels(labels), value };
    const series = seriesOf(number);
    if (problem !== null) refuse(where, problem);
    else if (seen.has(series)) refuse(where, 'is of a series that is there already');
    else if (numbers.length >= maxNumbers)
      refuse(where, `is one too many: at most ${maxNumbers} are taken at once`);
    else numbers.push(number);
    seen.add(series);
  }

  return {
    add,
    refuse,
    /** Nothing more needs to be read. */
    get isFull() {
      return problems.length >= MAX_PROBLEMS;
    },
    found(): Found {
      if (numbers.length === 0 && problems.length === 0) return { problems: ['the body has no number'] };
      return problems.length > 0 ? { problems } : { numbers };
    },
  };
}
