import type { JobSummaryRow } from '../domain/openapi-types.ts';
import type { HistoryReader, NumberColumn, TextColumn } from '../domain/queries.ts';
import { changeOf, secondsOf } from './answer.ts';
import { fewValues } from './few-values.ts';
import { GroupNumbers } from './group-numbers.ts';
import { GroupedValues } from './grouped-values.ts';
import { nearestRanks } from './nearest-ranks.ts';
import { type Outcomes, outcomesOf, passRate } from './outcomes.ts';
import { TupleIds } from './tuple-ids.ts';

/** The names that make a group. */
export interface Places {
  readonly size: number;
  readonly repository: TextColumn;
  readonly workflow: TextColumn;
  /** Of jobs, not of runs. */
  readonly jobName?: TextColumn;
}

export interface GroupNames {
  readonly repository: string;
  readonly workflow: string;
  /** Empty in groups of runs. */
  readonly jobName: string;
}

/** Some ends, of jobs or of runs. */
export interface Ends {
  readonly size: number;
  readonly conclusion: TextColumn;
  readonly durationMs: NumberColumn;
}

/** What the rows of all groups show, be they of jobs or of runs. */
export type Figures = Pick<
  JobSummaryRow,
  'runs' | 'pass_rate' | 'durations' | 'p50' | 'p95' | 'change' | 'queue_p95' | 'total_seconds'
>;

/** What a group is ordered by. */
export type SortKey = (group: number) => number | string | null;

/** Groups of jobs or runs with the same names, and how they did in a window. */
export class MeasuredGroups {
  /** Names by the number of their group. */
  readonly ids = new TupleIds();
  readonly outcomes: Outcomes;
  readonly passed = new GroupNumbers();
  readonly failed = new GroupNumbers();
  /** What neither passed nor failed. */
  readonly others = new GroupNumbers();
  /** How long all its jobs ran. */
  readonly totalMs = new GroupNumbers();
  /** Of those that passed. */
  readonly durationsMs = new GroupedValues();
  readonly queuesMs = new GroupedValues();

  constructor(wordId: (word: string) => number) {
    this.outcomes = outcomesOf(wordId);
  }

  /** The group of each row. */
  of({ size, repository, workflow, jobName }: Places): Int32Array {
    return this.ids.idsOf(size, repository, workflow, jobName);
  }

  addEnds(groups: Int32Array, ends: Ends): void {
    const { passed, failed } = this.outcomes;
    for (let row = 0; row < ends.size; row += 1) {
      const group = groups[row] ?? 0;
      const conclusion = ends.conclusion[row] ?? 0;
      if (conclusion === passed) this.passed.add(group, 1);
      else (failed.has(conclusion) ? this.failed : this.others).add(group, 1);
    }
    this.addPassed(this.durationsMs, groups, ends);
  }

  /** Adds how long those took that passed, as far as it is known. */
  addPassed(values: GroupedValues, groups: Int32Array, { size, conclusion, durationMs }: Ends): void {
    const { passed } = this.outcomes;
    const [ofGroups, passedMs] = [new Int32Array(size), new Float64Array(size)];
    let count = 0;
    for (let row = 0; row < size; row += 1) {
      const ms = durationMs[row] ?? Number.NaN;
      if (conclusion[row] !== passed || Number.isNaN(ms)) continue;
      ofGroups[count] = groups[row] ?? 0;
      passedMs[count] = ms;
      count += 1;
    }
    values.add(ofGroups.subarray(0, count), passedMs.subarray(0, count));
  }

  addTimes(groups: Int32Array, durationMs: NumberColumn): void {
    // NaN: no runner took it.
    for (let row = 0; row < groups.length; row += 1) this.totalMs.add(groups[row] ?? 0, durationMs[row] || 0);
  }

  runsOf(group: number): number {
    return this.passed.of(group) + this.failed.of(group) + this.others.of(group);
  }

  passRateOf(group: number): number | null {
    return passRate(this.passed.of(group), this.failed.of(group));
  }

  all(): number[] {
    return Array.from({ length: this.ids.size }, (_, group) => group);
  }

  /** Reads the names, and answers those of a group. */
  async readNames({ texts }: Pick<HistoryReader, 'texts'>): Promise<(group: number) => GroupNames> {
    const found = await texts(this.ids.numbers());
    return (group) => {
      const [repository = '', workflow = '', jobName = ''] = this.ids
        .tupleOf(group)
        .map((id) => found.get(id));
      return { repository, workflow, jobName };
    };
  }

  /** What groups are ordered by: one of the figures, or of the others. Percentiles are made if they are asked for. */
  sortKeys(groups: readonly number[], others: Readonly<Record<string, SortKey>>) {
    const rankIn = (values: GroupedValues, share: number) => {
      let ranks: ReadonlyMap<number, number | null> | null = null;
      return (group: number) => {
        ranks ??= new Map(values.of(groups).map((each, at) => [groups[at] ?? 0, rankOf(each, share)]));
        return ranks.get(group) ?? null;
      };
    };
    const keys: Readonly<Record<string, SortKey>> = {
      runs: (group) => this.runsOf(group),
      total_seconds: (group) => this.totalMs.of(group),
      pass_rate: (group) => this.passRateOf(group),
      p50: rankIn(this.durationsMs, 0.5),
      p95: rankIn(this.durationsMs, 0.95),
      queue_p95: rankIn(this.queuesMs, 0.95),
      ...others,
    };
    return (group: number, field: string) => keys[field]?.(group) ?? null;
  }

  /** In the order of the groups. `earlierMs` are those of the window before; null if that is not kept. */
  figuresOf(groups: readonly number[], earlierMs: GroupedValues | null): readonly Figures[] {
    const durationsMs = this.durationsMs.of(groups);
    const queuesMs = this.queuesMs.of(groups);
    const earlier = earlierMs?.of(groups);
    return groups.map((group, row) => {
      const values = durationsMs[row] ?? new Float64Array();
      const [p50 = null, p95 = null] = nearestRanks(values, [0.5, 0.95]).map(secondsOf);
      return {
        runs: this.runsOf(group),
        pass_rate: this.passRateOf(group),
        durations: fewValues(values),
        p50,
        p95,
        change: changeOf(p50, rankOf(earlier?.[row], 0.5)),
        queue_p95: rankOf(queuesMs[row], 0.95),
        total_seconds: this.totalMs.of(group) / 1000,
      };
    });
  }
}

/** In seconds; null of no values. */
function rankOf(valuesMs: Float64Array = new Float64Array(), share: number): number | null {
  return secondsOf(nearestRanks(valuesMs, [share])[0] ?? Number.NaN);
}
