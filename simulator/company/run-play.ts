import { needsRerun } from '../attempt-jobs.ts';
import { carryOver, endOf, skippedJob } from '../job-life.ts';
import type { Attempt, Job, JobPlan, Run } from '../model.ts';
import type { Random } from '../random.ts';
import { completeAttempt, jobIds, runIdAt } from '../run-life.ts';
import { JobPlay } from './job-play.ts';
import { ENGINEERS } from './people.ts';
import type { RunPlayOptions, Scene } from './scene.ts';

const SECOND = 1000;
const MOST_ATTEMPTS = 3;

/** A run while it is played: its jobs wait for each other, for people and for runners. */
export class RunPlay {
  /** Null until all of it is over. */
  run: Run | null = null;
  readonly options: RunPlayOptions;
  readonly #scene: Scene;
  readonly #source: { readonly random: Random; readonly nextId: () => number };
  readonly #attempts: Attempt[] = [];
  #jobs = new Map<string, readonly Job[]>();
  readonly #underWay = new Set<JobPlay>();
  #startedMs: number;
  #isCancelled = false;
  #isUnlucky = false;

  constructor(options: RunPlayOptions, scene: Scene) {
    this.options = options;
    this.#scene = scene;
    const { random, firstId, index } = options;
    this.#source = { random, nextId: jobIds(firstId + index, random) };
    this.#startedMs = options.change.atMs;
    scene.at(this.#startedMs, (atMs) => this.#goOn(atMs));
  }

  /** Somebody pushed again: the newer run replaces this one. */
  cancel(atMs: number): void {
    if (this.run !== null || this.#isCancelled) return;
    this.#isCancelled = true;
    for (const job of this.#underWay) job.cancel(atMs);
  }

  /** Begins every job whose turn it is; ends the attempt after the last. */
  #goOn(atMs: number): void {
    const { plan } = this.options.workflow;
    for (const each of plan.jobs) {
      if (this.#jobs.has(each.name) || this.#isWaitedFor(each)) continue;
      const needed = (each.needs ?? []).flatMap((name) => this.#jobs.get(name) ?? []);
      const readyMs = Math.max(this.#startedMs, ...needed.map(endOf), atMs) + SECOND;
      const isAllowed = each.always || needed.every(({ conclusion }) => conclusion === 'success');
      if (isAllowed && !this.#isCancelled) this.#begin(each, readyMs);
      else this.#jobs.set(each.name, [skippedJob(each.name, each, readyMs, this.#source)]);
    }
    const isOver = this.#underWay.size === 0 && plan.jobs.every(({ name }) => this.#jobs.has(name));
    // What is skipped makes way for what needs it.
    if (!isOver && this.#underWay.size === 0) this.#goOn(atMs);
    else if (isOver) this.#endAttempt();
  }

  #isWaitedFor({ name, needs = [] }: JobPlan): boolean {
    if ([...this.#underWay].some(({ plan }) => plan.name === name)) return true;
    return needs.some((each) => !this.#jobs.has(each));
  }

  #begin(plan: JobPlan, readyMs: number): void {
    const plays: JobPlay[] = (plan.matrix ?? [{ cell: '' }]).map(({ cell, labels = plan.labels }) => {
      const name = cell === '' ? plan.name : `${plan.name} (${cell})`;
      const { nextId } = this.#source;
      const play: JobPlay = new JobPlay(
        { plan, labels, name, readyMs, nextId, run: this.options },
        this.#scene,
        (endedMs) => {
          this.#isUnlucky ||= play.isUnlucky;
          this.#underWay.delete(play);
          if (plays.every(({ job }) => job !== null))
            this.#jobs.set(
              plan.name,
              plays.flatMap(({ job }) => job ?? []),
            );
          this.#goOn(endedMs);
        },
      );
      return play;
    });
    for (const each of plays) this.#underWay.add(each);
  }

  #endAttempt(): void {
    const { random, change } = this.options;
    const number = this.#attempts.length + 1;
    const actor = number === 1 ? change.actor : random.pick(ENGINEERS);
    const attempt = completeAttempt(number, this.#startedMs, actor, [...this.#jobs.values()].flat(), random);
    this.#attempts.push(attempt);
    const isRepeated = attempt.conclusion === 'failure' && number < MOST_ATTEMPTS;
    if (!isRepeated || !random.chance(this.#isUnlucky ? 0.85 : 0.1)) {
      this.#end();
      return;
    }
    const endMs = attempt.moments.at(-1)?.atMs ?? this.#startedMs;
    this.#scene.at(endMs + random.int(30, 700) * SECOND, (atMs) => this.#runAgain(atMs));
  }

  /** What failed, and what needs it; the other jobs are carried over. */
  #runAgain(atMs: number): void {
    const previous = this.#jobs;
    const { plan } = this.options.workflow;
    this.#startedMs = atMs;
    this.#isUnlucky = false;
    const kept = plan.jobs.filter((each) => !needsRerun(each, plan, previous));
    this.#jobs = new Map(
      kept.map(({ name }) => [
        name,
        (previous.get(name) ?? []).map((job) => carryOver(job, atMs, this.#source)),
      ]),
    );
    this.#goOn(atMs);
  }

  #end(): void {
    const { index, firstId, number, change, workflow } = this.options;
    const ends = this.#attempts.flatMap(({ moments, jobs }) => [
      moments.at(-1)?.atMs ?? 0,
      ...jobs.map(endOf),
    ]);
    const { repository, event, branch, sha, title, actor, pullRequest, atMs } = change;
    this.run = {
      index,
      id: runIdAt(firstId + index),
      number,
      repository,
      headRepository: repository,
      workflow,
      event,
      headBranch: branch,
      headSha: sha,
      title: event === 'schedule' ? (workflow.name ?? title) : title,
      actor,
      pullRequest,
      createdMs: atMs,
      endMs: Math.max(...ends),
      attempts: this.#attempts,
    };
  }
}
