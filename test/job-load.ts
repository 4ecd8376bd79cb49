import { randomUUID } from 'node:crypto';
import { type Letter, type Refusal, Resender } from './resender.ts';
import type { Service } from './service.ts';

/*
 * An endless series of jobs with easily computed numbers, sent by several concurrent senders.
 */

const CONCLUSIONS = ['success', 'failure', 'cancelled'];
const REPOSITORIES = ['load/alpha', 'load/beta'];
const CREATED_MS = Date.UTC(2026, 0, 5, 12);
const ACTIONS = ['queued', 'in_progress', 'completed'];

/**
 * Three deliveries per job, sent until the service no longer answers; those without an answer are sent again.
 */
export class JobLoad {
  readonly #resender: Resender;
  #sent = 0;
  #isFinishing = false;

  constructor(service: Service, senders: number) {
    this.#resender = new Resender(service, senders, () => this.#next());
  }

  /** Deliveries that were answered 202. Each is counted once. */
  get accepted(): number {
    return this.#resender.accepted;
  }

  get unanswered(): number {
    return this.#resender.unanswered;
  }

  /** The latest answer 503. */
  get refusal(): Refusal | undefined {
    return this.#resender.refusal;
  }

  /** Sends until the service no longer answers, or refuses. */
  async run(): Promise<void> {
    await this.#resender.run();
  }

  /** Completes the jobs that were begun and sends unanswered deliveries again. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    await this.#resender.finish();
  }

  /** The exact `github_actions_` lines that all jobs together give, once `finish` is done. */
  expectedLines(): string[] {
    const jobs = this.#sent / ACTIONS.length;
    const counts = new Map<string, number>();
    const add = (series: string, value: number) => counts.set(series, (counts.get(series) ?? 0) + value);
    for (let job = 0; job < jobs; job++) {
      const { repository, conclusion, queueSeconds, seconds } = factsOf(job);
      const labels = `repository="${repository}",workflow="load"`;
      const done = `${labels},job_name="build",conclusion="${conclusion}"`;
      const queued = `${labels},runs_on="ant-1,ant-2"`;
      add(
        `github_actions_jobs_total{${labels},job_name="build",runs_on="ant-1,ant-2",conclusion="${conclusion}"}`,
        1,
      );
      add(`github_actions_job_duration_seconds_sum{${done}}`, seconds);
      add(`github_actions_job_duration_seconds_count{${done}}`, 1);
      add(`github_actions_job_queue_seconds_sum{${queued}}`, queueSeconds);
      add(`github_actions_job_queue_seconds_count{${queued}}`, 1);
    }
    return [...counts].map(([series, value]) => `${series} ${value}`).sort();
  }

  #next(): Letter | undefined {
    if (this.#isFinishing && this.#sent % ACTIONS.length === 0) return undefined;
    return newLetter(this.#sent++);
  }
}

function factsOf(job: number) {
  return {
    repository: REPOSITORIES[job % REPOSITORIES.length],
    conclusion: CONCLUSIONS[job % CONCLUSIONS.length],
    queueSeconds: job % 7,
    seconds: job % 50,
  };
}

/** The deliveries of a job follow each other, but several senders overtake each other. */
function newLetter(number: number): Letter {
  const job = Math.floor(number / ACTIONS.length);
  const action = ACTIONS[number % ACTIONS.length];
  const { repository, conclusion, queueSeconds, seconds } = factsOf(job);
  const createdMs = CREATED_MS + job * 1000;
  const startedMs = createdMs + (action === 'queued' ? 0 : queueSeconds * 1000);
  const isDone = action === 'completed';
  const body = {
    action,
    workflow_job: {
      id: 70_000_000_000 + job,
      run_id: 9_000_000_000 + job,
      run_attempt: 1,
      workflow_name: 'load',
      name: `build (${job})`,
      status: action,
      conclusion: isDone ? conclusion : null,
      created_at: timeText(createdMs),
      started_at: timeText(startedMs),
      completed_at: isDone ? timeText(startedMs + seconds * 1000) : null,
      labels: ['ant-1', 'ant-2'],
      steps: [],
      runner_id: action === 'queued' ? null : 1 + (job % 100),
      runner_name: action === 'queued' ? null : `runner ${job % 100}`,
      head_branch: 'main',
    },
    repository: { id: 1, full_name: repository, default_branch: 'main' },
  };
  return { event: 'workflow_job', guid: randomUUID(), body: JSON.stringify(body) };
}

/** As GitHub writes times: whole seconds. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
