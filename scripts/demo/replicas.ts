import { createRandom } from '../../simulator/random.ts';
import { sleep } from '../../src/timing/sleep.ts';
import { type Company, openCompany } from './company.ts';
import { compare, leaderOf } from './comparison.ts';
import { Courier } from './courier.ts';
import { CONCURRENCY, type Demo, SETTINGS, type Way } from './demo.ts';
import {
  type DemoReplica,
  killReplica,
  type ReplicaFleet,
  running,
  startReplica,
  startReplicas,
} from './replica-fleet.ts';
import { lineOf, numberText } from './replica-lines.ts';

export interface ReplicasDemo extends Demo {
  readonly count: number;
  /** How long all replicas run until one is killed. */
  readonly killEveryMs: number;
}

/** PostgreSQL and the replicas need about so long to start. */
const START_MS = 5000;
const DEAD_MS = 1000;
const COMPARE_EVERY_MS = 2000;
/** How long nothing new is sent, so that what was sent can be compared. */
const QUIET_MS = 1500;
/** At the end: another one has to find out that the leader was killed, and what was queued there is processed. */
const LAST_MS = 60_000;

/** Replicas on PostgreSQL that are killed all the time, and show the same. Returns the exit code. */
export async function showReplicas(demo: ReplicasDemo): Promise<number> {
  const { count, pastMs, durationMs, stop, say } = demo;
  say(`Starting PostgreSQL, ${count} replicas of ant-watcher, and a company that uses GitHub Actions …`);
  await using company = await openCompany(pastMs, START_MS);
  const starting = startReplicas(count, { ...demo, settings: { ...SETTINGS, ...company.settings } });
  starting.catch(() => undefined);
  const post = company.work();
  await using fleet = await starting;
  using show = new Show(fleet, demo, company);
  const failed = new AbortController();
  const signals = [stop, failed.signal];
  if (durationMs !== null) signals.push(AbortSignal.timeout(durationMs));
  const signal = AbortSignal.any(signals);
  const onFailure = (error: unknown) => {
    failed.abort();
    throw error;
  };
  const works = [post.send(show.ways, signal, () => show.tellPage()), show.keepKilling(signal)];
  await Promise.all([...works, show.keepComparing(signal)].map((work) => work.catch(onFailure)));
  return (await show.end()) ? 0 : 1;
}

class Show implements Disposable {
  readonly #fleet: ReplicaFleet;
  readonly #demo: ReplicasDemo;
  readonly #courier: Courier;
  readonly #random = createRandom('demo/replicas');
  readonly #startedAtMs = Date.now();
  readonly ways: { readonly present: Way; readonly past: Way };
  #leader: DemoReplica | null = null;
  #kills = 0;
  #differences = 0;

  constructor(fleet: ReplicaFleet, demo: ReplicasDemo, { log }: Company) {
    this.#fleet = fleet;
    this.#demo = demo;
    this.#courier = new Courier({
      secret: fleet.secret,
      url: fleet.webhookUrl,
      replicaUrls: () => running(fleet.replicas).map(({ service }) => service.webhookUrl),
      random: createRandom('demo/courier'),
    });
    this.ways = {
      present: this.#courier.way(CONCURRENCY.present, log),
      past: this.#courier.way(CONCURRENCY.past),
    };
  }

  tellPage(): void {
    this.#demo.say(`The page is at ${this.#fleet.apiUrl}/`);
  }

  /** One after the other, each while all run. */
  async keepKilling(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.#demo.killEveryMs, signal);
      if (signal.aborted) return;
      const victim = this.#random.pick(this.#fleet.replicas);
      await this.#kill(victim);
      await sleep(DEAD_MS, signal);
      await startReplica(victim);
      this.#demo.say(`${victim.name} is started again.`);
    }
  }

  async #kill(victim: DemoReplica): Promise<void> {
    await killReplica(victim);
    this.#kills += 1;
    const didLead = this.#leader === victim;
    if (didLead) this.#leader = null;
    const leader = this.#leader === null ? 'nobody leads until its lease ends' : `${this.#leader.name} leads`;
    this.#demo.say(`${victim.name} is killed; ${leader}.`);
  }

  async keepComparing(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(COMPARE_EVERY_MS, signal);
      if (signal.aborted) return;
      await this.#tellLeader();
      await this.#compare(QUIET_MS);
    }
  }

  async #tellLeader(): Promise<void> {
    const leader = await leaderOf(this.#fleet.replicas);
    if (leader === null || leader === this.#leader || !leader.isUp) return;
    this.#leader = leader;
    this.#demo.say(`${leader.name} leads now.`);
  }

  /** Answers whether every replica has shown the truth. */
  async #compare(patienceMs: number): Promise<boolean> {
    const { replicas } = this.#fleet;
    return this.#courier.whileQuiet(patienceMs, async () => {
      const truth = { ...this.#courier.truth };
      const unanswered = this.#courier.underWay;
      const compared = await compare(replicas, truth, patienceMs);
      // What arrives while it is compared is in some of the numbers.
      if (unanswered > 0) return this.#sayUnanswered(unanswered);
      this.#differences += compared.differences;
      const seconds = Math.round((Date.now() - this.#startedAtMs) / 1000);
      this.#demo.say(lineOf({ seconds, truth, replicas, ...compared }));
      return compared.differences === 0 && !compared.readings.includes(null);
    });
  }

  #sayUnanswered(count: number): boolean {
    this.#demo.say(`Nothing to compare: ${numberText(count)} deliveries have no answer yet.`);
    return false;
  }

  /** Answers whether all that was ever compared was right. Who asked for the end does not wait for long. */
  async end(): Promise<boolean> {
    const isRight = await this.#compare(this.#demo.stop.aborted ? QUIET_MS : LAST_MS);
    const { truth, sentToTwo, sentAgain } = this.#courier;
    const figures = [
      `${numberText(truth.deliveries)} deliveries`,
      `${numberText(sentToTwo)} to two replicas at once`,
      `${numberText(sentAgain)} sent again`,
      `${numberText(this.#kills)} kills`,
    ];
    this.#demo.say(`The end: ${figures.join(', ')}; differences: ${this.#differences}`);
    return isRight && this.#differences === 0;
  }

  [Symbol.dispose](): void {
    this.#courier.close();
  }
}
