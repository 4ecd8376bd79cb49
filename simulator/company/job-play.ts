import { clamp, completedAt, skippedJob, unstarted } from '../job-life.ts';
import type { Job, JobMoment, JobPlan, Runner } from '../model.ts';
import type { Random } from '../random.ts';
import { changeOf } from './incidents.ts';
import type { Pool, Request } from './runner-pools.ts';
import type { RunPlayOptions, Scene } from './scene.ts';

export interface JobPlayOptions {
  readonly plan: JobPlan;
  readonly name: string;
  readonly labels: readonly string[];
  readonly readyMs: number;
  readonly nextId: () => number;
  readonly run: RunPlayOptions;
}

interface Execution {
  readonly runner: Runner;
  readonly startMs: number;
  endMs: number;
  result: Pick<Job, 'conclusion' | 'failure' | 'brokenStep'>;
}

const SECOND = 1000;
const TIMEOUT_SECONDS = 3600;
const APPROVAL_SECONDS = { median: 240, least: 20, most: 2100 };
/** What is merged was tested before. */
const FAILURES_ON_DEFAULT = 0.3;
const RUNNER_LOST = 0.001;
const TIMED_OUT = 0.0007;

/** A job while it is played: it waits for an approval and for a runner, and runs. */
export class JobPlay {
  /** Null until it is over. */
  job: Job | null = null;
  /** It failed for no reason: somebody will run it again. */
  isUnlucky = false;
  readonly plan: JobPlan;
  readonly #options: JobPlayOptions;
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #ended: (atMs: number) => void;
  readonly #request: Request = { take: (runner, atMs) => this.#execute(runner, atMs) };
  readonly #moments: JobMoment[] = [];
  #execution: Execution | null = null;
  #isCancelled = false;

  constructor(options: JobPlayOptions, scene: Scene, ended: (atMs: number) => void) {
    this.plan = options.plan;
    this.#options = options;
    this.#scene = scene;
    this.#random = options.run.random;
    this.#pool = scene.pools.of(options.labels);
    this.#ended = ended;
    scene.at(options.readyMs, (atMs) => this.#appear(atMs));
  }

  cancel(atMs: number): void {
    if (this.job !== null || this.#isCancelled) return;
    this.#isCancelled = true;
    const execution = this.#execution;
    if (execution !== null) {
      if (execution.endMs <= atMs) return;
      execution.endMs = Math.max(atMs, execution.startMs) + this.#random.int(2, 8) * SECOND;
      execution.result = { conclusion: 'cancelled', failure: null };
      this.#scene.at(execution.endMs, (endMs) => this.#finish(execution, endMs));
    } else if (this.#moments.length > 0) {
      this.#pool.withdraw(this.#request);
      this.#over(unstarted(this.#draft(), this.#moments, atMs, null), atMs);
    }
  }

  #appear(atMs: number): void {
    if (this.#isCancelled) {
      this.#over(skippedJob(this.plan.name, this.plan, atMs, this.#source), atMs);
      return;
    }
    this.#queued(atMs);
    if (this.plan.environment === undefined) this.#pool.request(this.#request, atMs, this.#random);
    else this.#awaitApproval(atMs);
  }

  #awaitApproval(atMs: number): void {
    const waitingMs = atMs + SECOND;
    this.#moments.push({ action: 'waiting', status: 'waiting', atMs: waitingMs });
    const { median, least, most } = APPROVAL_SECONDS;
    const approvedMs = waitingMs + clamp(this.#random.around(median, 0.9), least, most) * SECOND;
    this.#scene.at(approvedMs, () => {
      if (this.#isCancelled) return;
      this.#queued(approvedMs);
      this.#pool.request(this.#request, approvedMs, this.#random);
    });
  }

  #queued(atMs: number): void {
    this.#moments.push({ action: 'queued', status: 'queued', atMs });
  }

  #execute(runner: Runner, atMs: number): void {
    const startMs = atMs + this.#pool.startDelayMs(this.#random);
    const { seconds, result } = this.#fate(startMs);
    const execution: Execution = { runner, startMs, endMs: startMs + seconds * SECOND, result };
    this.#execution = execution;
    this.#scene.at(execution.endMs, (endMs) => this.#finish(execution, endMs));
  }

  #fate(startMs: number): { readonly seconds: number; readonly result: Execution['result'] } {
    const random = this.#random;
    const { plan } = this;
    const { change, workflow } = this.#options.run;
    const { repository, branch } = change;
    const isDefaultBranch = branch === repository.defaultBranch;
    const place = {
      repository: repository.name,
      workflow: workflow.name ?? '',
      job: plan.name,
      isDefaultBranch,
    };
    const { brokenStep, slowdown } = changeOf(place, startMs, this.#scene.presentMs);
    const seconds = clamp(random.around(plan.medianSeconds * slowdown, 0.22), 2, TIMEOUT_SECONDS - 1);
    const part = Math.ceil(seconds * (0.3 + 0.7 * random.next()));
    const failed = (failure: 'step' | 'runner_lost') => ({
      seconds: part,
      result: { conclusion: 'failure', failure } as const,
    });
    if (brokenStep !== null)
      return { seconds: part, result: { conclusion: 'failure', failure: 'step', brokenStep } };
    if (random.chance(TIMED_OUT))
      return { seconds: TIMEOUT_SECONDS, result: { conclusion: 'timed_out', failure: 'timeout' } };
    const isLost = random.chance(RUNNER_LOST);
    this.isUnlucky = isLost || random.chance(plan.flakes ?? 0);
    if (this.isUnlucky) return failed(isLost ? 'runner_lost' : 'step');
    const failures = plan.failures * (isDefaultBranch ? FAILURES_ON_DEFAULT : 1);
    return random.chance(failures)
      ? { ...failed('step'), result: { ...failed('step').result, brokenStep: plan.steps.at(-1) ?? '' } }
      : { seconds, result: { conclusion: 'success', failure: null } };
  }

  #finish(execution: Execution, atMs: number): void {
    // A cancellation ended it at another time.
    if (this.job !== null || atMs !== execution.endMs) return;
    const { runner, startMs, endMs, result } = execution;
    const moments: JobMoment[] = [
      ...this.#moments,
      { action: 'in_progress', status: 'in_progress', atMs: startMs },
      completedAt(endMs),
    ];
    const times = { startedMs: startMs, completedMs: endMs };
    this.#pool.release(runner, atMs, this.#random);
    this.#over({ ...this.#draft(), kind: 'ran', runner, ...times, ...result, moments }, atMs);
  }

  #over(job: Job, atMs: number): void {
    this.job = job;
    this.#ended(atMs);
  }

  #draft(): Pick<Job, 'id' | 'name' | 'plan' | 'labels' | 'createdMs' | 'carriedOver'> {
    const { name, plan, labels, readyMs, nextId } = this.#options;
    return { id: nextId(), name, plan, labels, createdMs: readyMs, carriedOver: false };
  }

  get #source() {
    return { random: this.#random, nextId: this.#options.nextId };
  }
}
