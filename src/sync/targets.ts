import type { Engine, Logger } from '../domain/contracts.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import type { WarnCode } from '../domain/log-events/log-events.ts';
import type { Checkpoints } from './checkpoints.ts';
import { problemOf, type SyncProblem } from './outcome.ts';
import type { Report } from './report.ts';

/** A repository; with `name` null, all of an owner's. */
export interface RepositoryPattern {
  readonly owner: string;
  readonly name: string | null;
}

export interface TargetsOptions {
  readonly history: Pick<GitHubHistory, 'installations' | 'repositoriesOf'>;
  readonly engine: Pick<Engine, 'knownRepositories'>;
  readonly patterns: readonly RepositoryPattern[];
  readonly logger: Logger;
}

export interface Targets {
  /** Full names, each once, whatever its case. */
  readonly repositories: readonly string[];
  /** Repositories that the App is installed on, in lower case. */
  readonly ofApp: ReadonlySet<string>;
  /**
   * Why a list could not be read, so that repositories may be missing until it can; null: all lists were
   * read, or can't be read for good.
   */
  readonly problem: SyncProblem | null;
  /**
   * The owners whose repositories are covered, in lower case, each with why they could not be listed; null:
   * they were.
   */
  readonly owners: ReadonlyMap<string, SyncProblem | null>;
  /** What lists are known to lack, in words for people. */
  readonly leftOut: readonly string[];
  /** Whether the settings or the App name it, not only some delivery. */
  isConfigured(repository: string): boolean;
}

/**
 * The repositories to cover: those that are named, the App's, and those known from deliveries. Logs what
 * could not be listed, unless it is as it was in `before`.
 */
export async function findTargets(
  options: TargetsOptions,
  before: Pick<Targets, 'owners' | 'problem'> | null = null,
): Promise<Targets> {
  const { engine, patterns } = options;
  const lists = new Lists(options, before);
  const owners = await lists.installations();
  const ofApp = await lists.repositoriesOf(owners);
  const named = patterns.flatMap(({ owner, name }) => (name === null ? [] : [`${owner}/${name}`]));
  const whole = patterns.filter(
    ({ owner, name }) => name === null && !owners.some((each) => isSame(each, owner)),
  );
  const ofOwners = await lists.repositoriesOf(whole.map(({ owner }) => owner));
  const ofAppWanted = patterns.length === 0 ? ofApp : ofApp.filter((name) => isWanted(name, patterns));
  const fromDeliveries = (await engine.knownRepositories()).map(({ name }) => name);
  const all = new Map(
    [...named, ...ofOwners, ...ofAppWanted, ...fromDeliveries].map((name) => [name.toLowerCase(), name]),
  );
  return {
    repositories: [...all.values()].sort(),
    ofApp: new Set(ofApp.map((name) => name.toLowerCase())),
    problem: lists.problem,
    owners: lists.owners,
    leftOut: lists.leftOut,
    isConfigured: (name) =>
      isWanted(name, patterns) ||
      (patterns.length === 0 && owners.some((each) => isSame(each, ownerOf(name)))),
  };
}

/** Reads lists, and keeps what is said of them in `Targets`. */
class Lists {
  problem: SyncProblem | null = null;
  readonly owners = new Map<string, SyncProblem | null>();
  readonly leftOut: string[] = [];
  readonly #options: TargetsOptions;
  readonly #before: Pick<Targets, 'owners' | 'problem'> | null;

  constructor(options: TargetsOptions, before: Pick<Targets, 'owners' | 'problem'> | null) {
    this.#options = options;
    this.#before = before;
  }

  /** The accounts that the App is installed on. */
  async installations(): Promise<readonly string[]> {
    const installed = await this.#options.history.installations();
    if (installed.kind === 'ok') return installed.data;
    this.problem = problemOf(installed);
    if (this.#before?.problem?.reason !== this.problem.reason)
      this.#log('installations_not_listed', this.problem, {});
    return [];
  }

  async repositoriesOf(accounts: readonly string[]): Promise<string[]> {
    const { history, patterns } = this.#options;
    const names: string[] = [];
    for (const owner of accounts) {
      const listed = await history.repositoriesOf(owner);
      const problem = listed.kind === 'ok' ? null : problemOf(listed);
      const isAskedFor = patterns.length === 0 || patterns.some((each) => isSame(each.owner, owner));
      if (isAskedFor) this.owners.set(owner.toLowerCase(), problem);
      if (problem !== null) this.#noteProblem(owner, problem);
      if (listed.kind !== 'ok') continue;
      names.push(...listed.data.names);
      if (listed.data.leftOut !== null) this.leftOut.push(listed.data.leftOut);
    }
    return names;
  }

  #noteProblem(owner: string, problem: SyncProblem): void {
    if (this.#before?.owners.get(owner.toLowerCase())?.reason !== problem.reason)
      this.#log('repositories_not_listed', problem, { owner });
    if (!problem.isHopeless || problem.isRefused) this.problem ??= problem;
  }

  /** The client logs a refused credential, and only once. */
  #log(code: WarnCode, { reason, isRefused }: SyncProblem, fields: object): void {
    const { logger } = this.#options;
    if (isRefused) logger.debug('Credential refused; list not read', { code, ...fields, reason });
    else logger.warn(code, { ...fields, reason });
  }
}

function ownerOf(repository: string): string {
  return repository.split('/')[0] ?? '';
}

function isWanted(repository: string, patterns: readonly RepositoryPattern[]): boolean {
  return patterns.some(({ owner, name }) =>
    name === null ? isSame(ownerOf(repository), owner) : isSame(repository, `${owner}/${name}`),
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/*
 * What a refusal means for a target: whether it falls behind, or is not ours.
 */

/** An owner that the settings don't name stays ours for this long after the App was last seen there. */
const REMEMBERED_MS = 30 * 86_400_000;

interface Notebook {
  readonly checkpoints: Checkpoints;
  readonly report: Report;
  readonly nowMs: number;
}

/**
 * Notes which owners' repositories could be listed, and which not or not all, and forgets targets that are no
 * longer covered. Returns whether a target still is: while an owner's list can't be read, all of its
 * repositories are. Call it once the checkpoints of all that were found are set: they start where the list
 * was last read.
 */
export async function noteTargets(
  { repositories, problem: anyProblem, owners, leftOut }: Targets,
  { checkpoints, report, nowMs }: Notebook,
): Promise<(target: string) => boolean> {
  for (const what of leftOut) report.leaveOut(what);
  for (const [owner, problem] of owners) {
    const target = `${owner}/*`;
    if (problem === null) {
      await checkpoints.setOwner(owner, nowMs);
      report.forget(target);
    } else {
      report.blocked(target, problem, await checkpoints.holdOwner(owner));
    }
  }
  const kept = new Set(repositories);
  const isKept = (target: string) =>
    kept.has(target) || anyProblem !== null || (owners.get(ownerOf(target).toLowerCase()) ?? null) !== null;
  for (const target of report.checkpoints.keys()) if (!isKept(target)) report.forget(target);
  return isKept;
}

/**
 * Notes that a repository could not be read: from then on it is behind, unless it does not exist for us and
 * nobody named it.
 */
export async function noteBlocked(
  name: string,
  problem: SyncProblem,
  { targets, checkpoints, report, nowMs }: Notebook & { readonly targets: Pick<Targets, 'isConfigured'> },
): Promise<void> {
  const listedMs = (await checkpoints.ofOwner(ownerOf(name))) ?? Number.NEGATIVE_INFINITY;
  const isOurs = targets.isConfigured(name) || nowMs - listedMs < REMEMBERED_MS;
  if (problem.isGone && !isOurs) report.forget(name);
  else report.blocked(name, problem, await checkpoints.ofRepository(name));
}
