import type { ObservationEntry } from '../domain/explanation.ts';
import type { SeriesGroup } from '../domain/metric.ts';
import type { ObservationResult } from '../domain/observation.ts';
import {
  type ChosenLabel,
  chooseLabels,
  type KnownProperties,
  knownOf,
  type NamedRepository,
  ownLabelsText,
  type RepositoryLabel,
  withOwnLabels,
  withReport,
} from '../domain/repository-labels.ts';
import type { KnownStates } from '../domain/transaction.ts';

/*
 * Labels by repository, for what a batch counts. They are chosen once for each payload: from what it reports
 * itself, so that the order of deliveries does not matter; only where it reports nothing, from what is known.
 */

/** The repositories that a batch reports, each once. */
export function repositoriesOf(read: readonly { readonly reading: ObservationResult }[]): NamedRepository[] {
  const found = new Map<string, NamedRepository>();
  for (const { reading } of read) {
    if (!('observation' in reading) || reading.repository === undefined) continue;
    const { name, repositoryId } = reading.repository;
    found.set(`${repositoryId} ${name}`, { name, repositoryId });
  }
  return [...found.values()];
}

/** What is counted for one payload, with the labels of its repository. */
export interface OwnLabels {
  /** As `ownLabelsText`; null: none are asked for. */
  readonly text: string | null;
  /** With these labels, where they have a label `repository`. */
  on<T extends { readonly metric: string; readonly labels: readonly string[] }>(all: T[]): T[];
  inGroup(group: SeriesGroup): SeriesGroup;
  /** For the record of the delivery. */
  readonly explained: Pick<ObservationEntry, 'repositoryLabels'>;
}

export const NO_LABELS: OwnLabels = {
  text: null,
  on: (all) => all,
  inGroup: (group) => group,
  explained: {},
};

/** The labels that the payloads of a batch give, one after the other. */
export class LabelsByRepository {
  readonly #labels: readonly RepositoryLabel[];
  readonly #known: Map<string, KnownProperties>;
  readonly #changed = new Map<string, KnownProperties>();

  constructor(labels: readonly RepositoryLabel[], { repositories = [] }: KnownStates) {
    this.#labels = labels;
    this.#known = new Map(repositories.map((each) => [each.name, each]));
  }

  /** Those of the repository that a payload is about; what it reports is known from now on. */
  of(reading: ObservationResult): OwnLabels {
    if (!('observation' in reading) || reading.repository === undefined) return NO_LABELS;
    const { repository } = reading;
    const changed = withReport(this.#known.get(repository.name), repository);
    if (changed !== null) {
      this.#known.set(changed.name, changed);
      this.#changed.set(changed.name, changed);
    }
    const isReported = repository.properties !== null;
    const known = isReported ? null : knownOf([...this.#known.values()], repository);
    return ownLabels(chooseLabels(this.#labels, repository, known));
  }

  /** What has to be stored. */
  changed(): KnownProperties[] {
    return [...this.#changed.values()];
  }
}

function ownLabels(chosen: readonly ChosenLabel[]): OwnLabels {
  const own = ownLabelsText(chosen);
  return {
    text: own,
    on: (all) => withOwnLabels(all, own),
    inGroup: ({ key, zeros }) => ({ key: `${key}\0${own}`, zeros: () => withOwnLabels(zeros(), own) }),
    explained: { repositoryLabels: chosen },
  };
}
