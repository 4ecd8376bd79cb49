import type { Account, Repository, Workflow } from '../model.ts';
import type { Random } from '../random.ts';
import { ENGINEERS, RENOVATE, TITLES, UPDATES } from './people.ts';
import type { Rhythm } from './rhythm.ts';

/** Something that somebody did, or the clock, and what it starts. */
export interface Change {
  readonly atMs: number;
  readonly repository: Repository;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly title: string;
  readonly actor: Account;
  readonly pullRequest: number | null;
  readonly workflows: readonly Workflow[];
}

interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly author: Account;
}

export interface ChangesOptions {
  readonly repositories: readonly Repository[];
  readonly rhythm: Rhythm;
  readonly random: Random;
  readonly startMs: number;
  /** At the busiest time. */
  readonly changesPerHour: number;
  /** When somebody pushes in any case, in order. */
  readonly certainMs: readonly number[];
}

const HOUR_MS = 3_600_000;
const SECOND = 1000;
/** Pull requests of a repository that are open at the same time. */
const MOST_OPEN = 9;

/** What happens in the repositories of the company, in order of time, without an end. */
export function* changesOf(options: ChangesOptions): Generator<Change> {
  const { rhythm, random, startMs, changesPerHour, certainMs } = options;
  const people = new People(options);
  const certain = [...certainMs];
  let nightlyMs = rhythm.nightly(startMs);
  for (let atMs = startMs; ; ) {
    atMs += -Math.log(1 - random.next()) * (HOUR_MS / changesPerHour);
    for (; nightlyMs <= atMs; nightlyMs = rhythm.nightly(nightlyMs + 1)) yield* people.nightly(nightlyMs);
    while ((certain[0] ?? atMs) < atMs) yield people.act(certain.shift() ?? atMs);
    if (random.chance(rhythm.busyness(atMs))) yield people.act(Math.floor(atMs / SECOND) * SECOND);
  }
}

class People {
  readonly #repositories: readonly Repository[];
  readonly #random: Random;
  readonly #open = new Map<Repository, PullRequest[]>();
  readonly #numbers = new Map<Repository, number>();

  constructor({ repositories, random }: ChangesOptions) {
    this.#repositories = repositories;
    this.#random = random;
    for (const each of repositories) {
      this.#numbers.set(each, random.int(140, 2900));
      this.#open.set(each, []);
      for (let place = 0; place < 4; place++) this.#openPullRequest(each);
    }
  }

  act(atMs: number): Change {
    const random = this.#random;
    const repository = random.weighted(this.#repositories);
    const byHand = workflowsOn(repository, 'workflow_dispatch');
    if (byHand.length > 0 && random.chance(0.04))
      return this.#onDefault(atMs, repository, 'workflow_dispatch', {
        title: (byHand[0] as Workflow).name ?? '',
        actor: random.pick(ENGINEERS),
        workflows: byHand.slice(0, 1),
      });
    const open = this.#open.get(repository) ?? [];
    if (open.length > 1 && random.chance(0.27)) return this.#merge(atMs, repository, open);
    const isNew = open.length < 2 || (open.length < MOST_OPEN && random.chance(0.4));
    const { number, title, branch, author } = isNew ? this.#openPullRequest(repository) : random.pick(open);
    return {
      ...this.#at(atMs, repository, 'pull_request'),
      branch,
      title,
      actor: author,
      pullRequest: number,
    };
  }

  /** What is scheduled, all at once. */
  *nightly(atMs: number): Generator<Change> {
    for (const repository of this.#repositories)
      yield this.#onDefault(atMs, repository, 'schedule', {
        title: 'Nightly',
        actor: ENGINEERS[0] as Account,
      });
  }

  #merge(atMs: number, repository: Repository, open: PullRequest[]): Change {
    const [merged] = open.splice(this.#random.int(0, open.length - 1), 1) as [PullRequest];
    const actor = merged.author.type === 'Bot' ? this.#random.pick(ENGINEERS) : merged.author;
    return this.#onDefault(atMs, repository, 'push', { title: `${merged.title} (#${merged.number})`, actor });
  }

  #onDefault(
    atMs: number,
    repository: Repository,
    event: string,
    what: Pick<Change, 'title' | 'actor'> & Partial<Pick<Change, 'workflows'>>,
  ): Change {
    const branch = repository.defaultBranch;
    return { ...this.#at(atMs, repository, event), branch, pullRequest: null, ...what };
  }

  #at(atMs: number, repository: Repository, event: string) {
    const sha = this.#random.hex(40);
    return { atMs, repository, event, sha, workflows: workflowsOn(repository, event) };
  }

  #openPullRequest(repository: Repository): PullRequest {
    const random = this.#random;
    const number = (this.#numbers.get(repository) ?? 0) + random.int(1, 3);
    this.#numbers.set(repository, number);
    const isUpdate = random.chance(0.2);
    const title = random.pick(isUpdate ? UPDATES : TITLES);
    const author = isUpdate ? RENOVATE : random.pick(ENGINEERS);
    const prefix = isUpdate ? 'renovate' : random.pick(['feat', 'fix', author.login]);
    const pullRequest = { number, title, author, branch: `${prefix}/${slugOf(title)}` };
    this.#open.get(repository)?.push(pullRequest);
    return pullRequest;
  }
}

function workflowsOn({ workflows }: Repository, event: string): readonly Workflow[] {
  return workflows.filter(({ plan }) => plan.triggers.some((trigger) => trigger.event === event));
}

function slugOf(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .split(' ');
  return words.slice(0, 4).join('-');
}
