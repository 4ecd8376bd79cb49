import type { Engine, Logger } from '../domain/contracts.ts';
import type { GitHubHistory } from '../domain/github-history.ts';
import { type Problem, problemOf } from './outcome.ts';

/** A repository, or with `name` null all of an owner's. */
export interface RepositoryPattern {
  readonly owner: string;
  readonly name: string | null;
}

export interface PlacesOptions {
  readonly history: Pick<GitHubHistory, 'installations' | 'repositoriesOf'>;
  readonly engine: Pick<Engine, 'knownRepositories'>;
  readonly patterns: readonly RepositoryPattern[];
  readonly logger: Logger;
}

export interface Places {
  /** Full names, each once, in any spelling of its case. */
  readonly repositories: readonly string[];
  /** Those that the App is installed on. */
  readonly ofApp: ReadonlySet<string>;
  /** Whether all lists could be read; else some may be missing. */
  readonly isComplete: boolean;
}

/** The repositories to look after: those that are named, those of the App, and those that deliveries told of. */
export async function findPlaces({ history, engine, patterns, logger }: PlacesOptions): Promise<Places> {
  let isComplete = true;
  const installed = await history.installations();
  const owners = installed.kind === 'ok' ? installed.data : [];
  if (installed.kind !== 'ok') {
    tell('The installations of the App could not be read', problemOf(installed), {});
    isComplete = false;
  }
  const ofApp = await listAll(owners);
  const named = patterns.flatMap(({ owner, name }) => (name === null ? [] : [`${owner}/${name}`]));
  const whole = patterns.filter(
    ({ owner, name }) => name === null && !owners.some((each) => isSame(each, owner)),
  );
  const ofOwners = await listAll(whole.map(({ owner }) => owner));
  const ofAppWanted = patterns.length === 0 ? ofApp : ofApp.filter((name) => isWanted(name, patterns));
  const told = (await engine.knownRepositories()).map(({ name }) => name);
  const all = new Map(
    [...named, ...ofOwners, ...ofAppWanted, ...told].map((name) => [name.toLowerCase(), name]),
  );
  const lower = ofApp.map((name) => name.toLowerCase());
  return { repositories: [...all.values()].sort(), ofApp: new Set(lower), isComplete };

  async function listAll(accounts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const owner of accounts) {
      const listed = await history.repositoriesOf(owner);
      if (listed.kind === 'ok') {
        found.push(...listed.data);
        continue;
      }
      const problem = problemOf(listed);
      tell('The repositories of an owner could not be listed', problem, { owner });
      if (!problem.isHopeless || problem.isRefused) isComplete = false;
    }
    return found;
  }

  /** A credential that is refused is told of by the client, and not in each pass. */
  function tell(message: string, { reason, isRefused }: Problem, fields: object): void {
    logger[isRefused ? 'debug' : 'warn'](message, { ...fields, reason });
  }
}

function isWanted(repository: string, patterns: readonly RepositoryPattern[]): boolean {
  return patterns.some(({ owner, name }) =>
    name === null ? isSame(repository.split('/')[0] ?? '', owner) : isSame(repository, `${owner}/${name}`),
  );
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
