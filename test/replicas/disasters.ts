import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../simulator/random.ts';
import { cutConnections } from '../postgres-databases.ts';
import { query } from '../postgres-members.ts';
import { type Fleet, failOver, leaderOf, type Replica } from './fleet.ts';

/** Something that happens to a fleet, or to one replica of it; resolves when it is over. */
type Disaster = (replica: Replica, random: Random, fleet: Fleet) => Promise<void>;

/** What happens to the database happens to all, and only once at a time. */
const OF_DATABASE = {
  async 'stop database'(_, random, { database }) {
    await database.stop('immediate');
    await sleep(random.int(0, 3000));
    await database.start();
  },
  async 'long stop of database'(_, __, { database }) {
    await database.stop('immediate');
    await sleep(60_000);
    await database.start();
  },
  async 'fail over'(_, __, fleet) {
    await fleet.database.stop('immediate');
    await failOver(fleet);
  },
  'cut all': (_, __, { databaseUrl }) => cutConnections(databaseUrl),
} satisfies Record<string, Disaster>;

const OF_REPLICA = {
  kill,
  pause,
  /** More than the log of changes reaches back: what is older than ten minutes is deleted now. */
  async 'pause for long'(replica, random, fleet) {
    const paused = pause(replica, random);
    await sleep(3000);
    await query(fleet.databaseUrl, 'DELETE FROM changes WHERE seq < (SELECT MAX(seq) FROM changes)').catch(
      () => undefined,
    );
    await paused;
  },
  async cut({ way }) {
    way.cut();
  },
  async 'cut after commit'({ way }) {
    const before = way.cuts;
    way.cutAfter('COMMIT');
    for (let waits = 0; way.cuts === before && waits < 500; waits += 1) await sleep(10);
  },
  async hold({ way }, random) {
    way.hold();
    await sleep(random.int(500, 12_000));
    way.release();
  },
  async delay({ way }, random) {
    way.delay(random.int(20, 300));
    await sleep(random.int(1000, 5000));
    way.delay(0);
  },
  /** As behind a balancer that hears of it first. */
  async restart(replica) {
    const { service } = replica;
    replica.isDrained = true;
    const { code, log } = await service.stop();
    if (code !== 0) throw new Error(`stopped with ${code}: ${log}`);
    await service.start();
    replica.isDrained = false;
  },
} satisfies Record<string, Disaster>;

const ALL: Record<string, Disaster> = { ...OF_DATABASE, ...OF_REPLICA };

export type DisasterName = keyof typeof OF_DATABASE | keyof typeof OF_REPLICA | 'kill leader';

/** Makes things happen to a fleet, several at the same time, but not two to the same replica or the database. */
export class Disasters {
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #busy = new Set<unknown>();

  constructor(fleet: Fleet, random: Random) {
    this.#fleet = fleet;
    this.#random = random;
  }

  async happen(name: DisasterName): Promise<void> {
    const { database } = this.#fleet;
    const victim = name in OF_DATABASE ? null : await this.#victim(name === 'kill leader');
    const what = victim ?? database;
    if (this.#busy.has(what)) return this.#later(name);
    this.#busy.add(what);
    try {
      const disaster = ALL[name] ?? kill;
      await disaster(victim ?? (this.#fleet.replicas[0] as Replica), this.#random, this.#fleet);
    } finally {
      this.#busy.delete(what);
    }
  }

  async #later(name: DisasterName): Promise<void> {
    await sleep(100);
    return this.happen(name);
  }

  async #victim(leads: boolean): Promise<Replica> {
    const leader = leads ? await leaderOf(this.#fleet) : null;
    const free = this.#fleet.replicas.filter((each) => !this.#busy.has(each));
    const [first] = this.#fleet.replicas as [Replica];
    return leader ?? (free.length === 0 ? first : this.#random.pick(free));
  }
}

async function kill({ service }: Replica, random: Random): Promise<void> {
  await service.kill();
  await sleep(random.int(0, 1000));
  await service.start();
}

async function pause({ service }: Replica, random: Random): Promise<void> {
  service.signal('SIGSTOP');
  await sleep(random.int(5000, 20_000));
  service.signal('SIGCONT');
}
