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
  { history, engine, patterns, logger }: TargetsOptions,
  before: Pick<Targets, 'owners' | 'problem'> | null = null,
): Promise<Targets> {
  let problem: SyncProblem | null = null;
  const leftOut: string[] = [];
  const listings = new Map<string, SyncProblem | null>();
  const installed = await history.installations();
  const owners = installed.kind === 'ok' ? installed.data : [];
  if (installed.kind !== 'ok') {
    problem = problemOf(installed);
    if (before?.problem?.reason !== problem.reason) log('installations_not_listed', problem, {});
  }
  const ofApp = await listAll(owners);
  const named = patterns.flatMap(({ owner, name }) => (name === null ? [] : [`${owner}/${name}`]));
  const whole = patterns.filter(
    ({ owner, name }) => name === null && !owners.some((each) => isSame(each, owner)),
  );
  const ofOwners = await listAll(whole.map(({ owner }) => owner));
  const ofAppWanted = patterns.length === 0 ? ofApp : ofApp.filter((name) => isWanted(name, patterns));
  const fromDeliveries = (await engine.knownRepositories()).map(({ name }) => name);
  const all = new Map(
    [...named, ...ofOwners, ...ofAppWanted, ...fromDeliveries].map((name) => [name.toLowerCase(), name]),
  );
  const lower = ofApp.map((name) => name.toLowerCase());
  return {
    ...{ repositories: [...all.values()].sort(), ofApp: new Set(lower), problem, owners: listings, leftOut },
    isConfigured: (name) =>
      isWanted(name, patterns) ||
      (patterns.length === 0 && owners.some((each) => isSame(each, ownerOf(name)))),
  };

  async function listAll(accounts: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for (const owner of accounts) {
      const listed = await history.repositoriesOf(owner);
      const isAskedFor = patterns.length === 0 || patterns.some((each) => isSame(each.owner, owner));
      if (isAskedFor) listings.set(owner.toLowerCase(), listed.kind === 'ok' ? null : problemOf(listed));
      if (listed.kind === 'ok') {
        names.push(...listed.data.names);
        if (listed.data.leftOut !== null) leftOut.push(listed.data.leftOut);
        continue;
      }
      const found = problemOf(listed);
      if (before?.owners.get(owner.toLowerCase())?.reason !== found.reason)
        log('repositories_not_listed', found, { owner });
      if (!found.isHopeless || found.isRefused) problem ??= found;
    }
    return names;
  }

  /** The client logs a refused credential, and only once. */
  function log(code: WarnCode, { reason, isRefused }: SyncProblem, fields: object): void {
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

/**
 * Notes which owners' repositories could be listed, and which not or not all. Call it once the checkpoints of
 * all that were found are set: they start where the list was last read.
 */
export async function noteOwners(
  { owners, leftOut }: Pick<Targets, 'owners' | 'leftOut'>,
  checkpoints: Checkpoints,
  report: Report,
  nowMs: number,
): Promise<void> {
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
}

/**
 * Notes that a repository could not be read: from then on it is behind, unless it does not exist for us and
 * nobody named it.
 */
export async function noteBlocked(
  name: string,
  problem: SyncProblem,
  {
    targets,
    checkpoints,
    report,
    nowMs,
  }: {
    readonly targets: Pick<Targets, 'isConfigured'>;
    readonly checkpoints: Checkpoints;
    readonly report: Report;
    readonly nowMs: number;
  },
): Promise<void> {
  const listedMs = (await checkpoints.ofOwner(ownerOf(name))) ?? Number.NEGATIVE_INFINITY;
  const isOurs = targets.isConfigured(name) || nowMs - listedMs < REMEMBERED_MS;
  if (problem.isGone && !isOurs) report.forget(name);
  else report.blocked(name, problem, await checkpoints.ofRepository(name));
}

/**
 * Forgets targets that are no longer covered. Returns whether a target still is. While an owner's list can't
 * be read, all of its repositories are.
 */
export function forgetOthers(
  { repositories, problem, owners }: Targets,
  report: Report,
): (target: string) => boolean {
  const kept = new Set(repositories);
  const isKept = (target: string) =>
    kept.has(target) || problem !== null || (owners.get(ownerOf(target).toLowerCase()) ?? null) !== null;
  for (const target of report.checkpoints.keys()) if (!isKept(target)) report.forget(target);
  return isKept;
}
