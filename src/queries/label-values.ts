import type { HistoryReader, TextColumn } from '../domain/queries.ts';
import { type LabelledRepositories, NO_VALUE } from '../domain/repository-labels.ts';
import { labelsFor } from './repository-labels.ts';

/** The values that repositories have of one label now, as if facts had a text column of them. */
export class LabelValues {
  readonly #reader: Pick<HistoryReader, 'texts'>;
  readonly #label: string;
  readonly #repositories: LabelledRepositories;
  /** By the number of a repository: that of its value. An array: there are millions of look-ups. */
  readonly #numbers: number[] = [];
  /** By number. */
  readonly #texts: string[] = [];

  constructor(reader: Pick<HistoryReader, 'texts'>, label: string, repositories: LabelledRepositories) {
    this.#reader = reader;
    this.#label = label;
    this.#repositories = repositories;
  }

  /** The number of the value in each row of a column of repositories. */
  async of(size: number, repository: TextColumn): Promise<Int32Array> {
    const unseen = new Set<number>();
    for (let row = 0; row < size; row += 1) {
      const id = repository[row] ?? 0;
      if (this.#numbers[id] === undefined) unseen.add(id);
    }
    if (unseen.size > 0) await this.#learn(unseen);
    const found = new Int32Array(size);
    for (let row = 0; row < size; row += 1) found[row] = this.#numbers[repository[row] ?? 0] ?? 0;
    return found;
  }

  /** `LABEL=VALUE`, as filters take it. */
  textOf(number: number): string {
    return this.#texts[number] ?? '';
  }

  /** `LABEL=VALUE` of a repository. */
  ofName(repository: string): string {
    const labels = this.#repositories.get(repository) ?? [];
    return `${this.#label}=${labels.find(({ label }) => label === this.#label)?.value ?? NO_VALUE}`;
  }

  async #learn(repositories: ReadonlySet<number>): Promise<void> {
    const texts = await this.#reader.texts(repositories);
    for (const id of repositories) {
      const text = this.ofName(texts.get(id) ?? '');
      const known = this.#texts.indexOf(text);
      this.#numbers[id] = known < 0 ? this.#texts.push(text) - 1 : known;
    }
  }
}

/** `label`: the first by name if none is given. Rejects with `name_unknown`. */
export async function openLabelValues(
  reader: Pick<HistoryReader, 'repositoryLabels' | 'texts'>,
  label: string | undefined,
): Promise<LabelValues> {
  const { names, repositories } = await labelsFor(reader, label === undefined ? [] : [label]);
  return new LabelValues(reader, label ?? names[0] ?? '', repositories);
}
