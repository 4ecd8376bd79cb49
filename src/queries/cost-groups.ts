import type { CostRow } from '../domain/openapi-types.ts';
import type { Batch, FinishedJobColumns } from '../domain/queries.ts';
import { TupleIds } from './tuple-ids.ts';

/*
 * What costs are added up by, and the names of each group.
 */

export type CostGrouping = 'sku' | 'repository' | 'workflow' | 'job_name' | 'conclusion';
type GroupNames = Pick<CostRow, 'sku' | 'repository' | 'workflow' | 'job_name' | 'conclusion'>;

/** Those of a row of facts; `repository_label` is a property of its repository. */
export type CostBy = CostGrouping | 'repository_label';

/** For `ByNames`: the second is 0 where one name is enough. */
export type GroupKey = readonly [number, number];
export const GROUP_COLUMNS = ['sku', 'repository', 'workflow', 'jobName', 'conclusion'] as const;

/** The groups of one question, in all windows that it is about. */
export class GroupKeys {
  readonly #by: CostGrouping;
  /** Of workflow and job name. */
  readonly #pairs = new TupleIds();

  constructor(by: CostGrouping) {
    this.#by = by;
  }

  /** Of the group that this row belongs to. */
  of(batch: Batch<FinishedJobColumns, (typeof GROUP_COLUMNS)[number]>, row: number): GroupKey {
    const repository = batch.repository[row] ?? 0;
    switch (this.#by) {
      case 'sku':
      case 'conclusion':
        return [batch[this.#by][row] ?? 0, 0];
      case 'repository':
        return [repository, 0];
      case 'workflow':
        return [repository, batch.workflow[row] ?? 0];
      case 'job_name':
        return [repository, this.#pairs.idOf(batch.workflow[row] ?? 0, batch.jobName[row])];
    }
  }

  /** The numbers of the names of a group, as in text columns. */
  numbersOf([first, second]: GroupKey): readonly number[] {
    return this.#by === 'job_name' ? [first, ...this.#pairs.tupleOf(second).slice(0, 2)] : [first, second];
  }

  namesOf(key: GroupKey, texts: ReadonlyMap<number, string>): GroupNames {
    const [first = null, second = '', third = ''] = this.numbersOf(key).map((number) => texts.get(number));
    switch (this.#by) {
      case 'sku':
      case 'conclusion':
        return { [this.#by]: first };
      case 'repository':
        return { repository: first ?? '' };
      case 'workflow':
        return { repository: first ?? '', workflow: second };
      case 'job_name':
        return { repository: first ?? '', workflow: second, job_name: third };
    }
  }
}
