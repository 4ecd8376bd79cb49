import { METRICS } from './catalogue.ts';
import { cutText } from './cut-text.ts';
import { labelText } from './label-text.ts';
import { MAX_LABEL_LENGTH } from './label-value.ts';
import { type RepositoryLabelValue, valueOfRepository } from './repository-values.ts';

/*
 * Labels that an operator adds to whatever has the label `repository`: the team, the tier. A value is from the
 * operator's file, else from a custom property of the repository. Which labels there are may change while the
 * service runs, so each series has its own, as one text behind the values of its metric's labels
 * (label-text.ts): series that exist keep theirs.
 */

/** One label, and where its values are from. */
export interface RepositoryLabel {
  readonly label: string;
  /** The custom property; null if only the file has values. */
  readonly property: string | null;
  /** Of the file. The first that fits counts. */
  readonly values: readonly RepositoryLabelValue[];
}

/** What the operator's file has: the values of each label, in its order. */
export type LabelFile = ReadonlyMap<string, readonly RepositoryLabelValue[]>;

export const MAX_REPOSITORY_LABELS = 5;
/** What a repository has that lacks a value. */
export const NO_VALUE = 'none';

/** The texts of custom properties by name. Of several values of one property, joined by commas in their order. */
export type Properties = Readonly<Record<string, string>>;

export interface NamedRepository {
  /** `owner/name`. */
  readonly name: string;
  /** Stays when the repository is renamed. Null if it is not known. */
  readonly repositoryId: number | null;
}

/** What one payload reports of a repository. */
export interface ReportedRepository extends NamedRepository {
  /** Null if the payload does not have them. */
  readonly properties: Properties | null;
  /** When that was so. */
  readonly atMs: number;
}

/** The properties that a repository of this name had last. */
export interface KnownProperties extends ReportedRepository {
  readonly properties: Properties;
}

/** Where a value is from. `known`: the payload has no properties, but an earlier or later one had. */
export type ValueSource = 'file' | 'payload' | 'known' | 'none';

export interface ChosenLabel {
  readonly label: string;
  readonly value: string;
  readonly from: ValueSource;
}

/** The labels of a repository, in the order of their names. `known`: what the service knows of it. */
export function chooseLabels(
  labels: readonly RepositoryLabel[],
  { name, properties }: Pick<ReportedRepository, 'name' | 'properties'>,
  known: Properties | null,
): ChosenLabel[] {
  return labels.map(({ label, property, values }) => {
    const written = valueOfRepository(values, name);
    if (written !== null) return { label, value: written, from: 'file' };
    const value = property === null ? null : propertyOf(properties ?? known, property);
    const from = properties === null ? 'known' : 'payload';
    return value === null ? { label, value: NO_VALUE, from: 'none' } : { label, value, from };
  });
}

/** As it stands behind the values of the other labels. */
export function ownLabelsText(chosen: readonly Pick<ChosenLabel, 'label' | 'value'>[]): string {
  return labelText(
    chosen.map(({ label }) => label),
    chosen.map(({ value }) => value),
  );
}

/** GitHub's names of properties differ in more than their case. */
function propertyOf(properties: Properties | null, name: string): string | null {
  if (properties === null) return null;
  const lower = name.toLowerCase();
  const found = Object.keys(properties).find((each) => each === name || each.toLowerCase() === lower);
  const value = found === undefined ? '' : (properties[found] ?? '');
  return value === '' ? null : cutText(value, MAX_LABEL_LENGTH);
}

/** Of all that is known: what holds of a repository with this id, else of one with this name; null: nothing. */
export function knownOf(
  known: readonly KnownProperties[],
  { name, repositoryId }: NamedRepository,
): Properties | null {
  const named = known.find((each) => each.name === name);
  const id = repositoryId ?? named?.repositoryId ?? null;
  // Another repository may have taken the name.
  const same = id === null ? [] : known.filter((each) => each.repositoryId === id);
  const byName = named === undefined || (id !== null && named.repositoryId !== null) ? [] : [named];
  return [...same, ...byName].reduce<KnownProperties | null>(laterOf, null)?.properties ?? null;
}

/** By the names of the repositories. */
export type LabelledRepositories = ReadonlyMap<string, readonly ChosenLabel[]>;

/** The labels that repositories have now. */
export interface CurrentLabels {
  /** Of the labels, at least one, in their order. */
  readonly names: readonly string[];
  readonly repositories: LabelledRepositories;
}

/** Chooses the labels that a repository of a name has now. */
export function currentLabels(
  labels: readonly RepositoryLabel[],
  known: readonly KnownProperties[],
): (name: string) => ChosenLabel[] {
  const byName = new Map(known.map((each) => [each.name, each]));
  const byId = new Map<number, KnownProperties>();
  for (const each of known)
    if (each.repositoryId !== null)
      byId.set(each.repositoryId, laterOf(byId.get(each.repositoryId) ?? null, each));
  return (name) => {
    const named = byName.get(name);
    const latest = byId.get(named?.repositoryId ?? Number.NaN) ?? named;
    return chooseLabels(labels, { name, properties: null }, latest?.properties ?? null);
  };
}

/** What is known after a report; null: it changes nothing. The order of reports does not matter. */
export function withReport(
  before: KnownProperties | undefined,
  { name, repositoryId, properties, atMs }: ReportedRepository,
): KnownProperties | null {
  if (properties === null) return null;
  const reported = { name, repositoryId, properties, atMs };
  return before !== undefined && laterOf(before, reported) === before ? null : reported;
}

function laterOf(one: KnownProperties | null, other: KnownProperties): KnownProperties {
  if (one === null) return other;
  const order = one.atMs - other.atMs || compareTexts(rankOf(one), rankOf(other));
  return order >= 0 ? one : other;
}

/** So that of two reports of the same moment the same one counts, whichever arrives first. */
function rankOf({ repositoryId, properties }: KnownProperties): string {
  return JSON.stringify([repositoryId, Object.entries(properties).sort(([a], [b]) => compareTexts(a, b))]);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** All that has a label `repository`. */
const BY_REPOSITORY: ReadonlySet<string> = new Set(
  METRICS.filter(
    ({ name, labels }) => name.startsWith('github_actions_') && labels.includes('repository'),
  ).map(({ name }) => name),
);

interface Labelled {
  readonly metric: string;
  readonly labels: readonly string[];
}

/**
 * With these labels of their repository, as `ownLabelsText`; null: none. What has no label `repository` stays as it is.
 */
export function withOwnLabels<T extends Labelled>(all: readonly T[], own: string | null): T[] {
  if (own === null) return [...all];
  let before: T | undefined;
  let labels: readonly string[] = [];
  return all.map((each) => {
    if (!BY_REPOSITORY.has(each.metric)) return each;
    // The two increments of a histogram observation go on to share their labels.
    if (each.labels !== before?.labels) labels = [...each.labels, own];
    before = each;
    return { ...each, labels };
  });
}
