import type { CostRow } from '../domain/openapi-types.ts';
import type { Batch, FinishedJobColumns } from '../domain/queries.ts';
import type { LabelValues } from './label-values.ts';
import { TupleIds } from './tuple-ids.ts';

/*
 * What costs are added up by, and the names of each group.
 */

export type CostBy = 'sku' | 'repository' | 'workflow' | 'job_name' | 'conclusion' | 'repository_label';
type GroupNames = Pick<CostRow, CostBy>;

/** For `ByNames`: the second is 0 where one name is enough. */
export type GroupKey = readonly [number, number];
export const GROUP_COLUMNS = ['sku', 'repository', 'workflow', 'jobName', 'conclusion'] as const;

/** The groups of one question, in all windows that it is about. */
export class GroupKeys {
  readonly #by: CostBy;
  readonly #labels: LabelValues | null;
  /** Of workflow and job name. */
  readonly #pairs = new TupleIds();
  /** Of the repository in each row of the present batch. */
  #values: Int32Array = new Int32Array();

  /** `labels`: those of `by: 'repository_label'`. */
  constructor(by: CostBy, labels: LabelValues | null = null) {
    this.#by = by;
    this.#labels = labels;
  }

  /** Before the groups of a batch are asked for. */
  async prepare({ size, repository }: Batch<FinishedJobColumns, 'repository'>): Promise<void> {
    if (this.#labels !== null) this.#values = await this.#labels.of(size, repository);
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
      case 'repository_label':
        return [this.#values[row] ?? 0, 0];
      case 'workflow':
        return [repository, batch.workflow[row] ?? 0];
      case 'job_name':
        return [repository, this.#pairs.idOf(batch.workflow[row] ?? 0, batch.jobName[row])];
    }
  }

  /** The numbers of the names of a group, as in text columns. */
  numbersOf([first, second]: GroupKey): readonly number[] {
    if (this.#by === 'repository_label') return [];
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
      case 'repository_label':
        return { repository_label: this.#labels?.textOf(key[0]) ?? '' };
      case 'workflow':
        return { repository: first ?? '', workflow: second };
      case 'job_name':
        return { repository: first ?? '', workflow: second, job_name: third };
    }
  }
}
