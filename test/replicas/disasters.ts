import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../simulator/random.ts';
import { cutConnections } from '../postgres-databases.ts';
import { type Fleet, leaderOf, type Replica } from './fleet.ts';

/** What happens to a fleet; resolves when it is over. */
export type Disaster = (fleet: Fleet, random: Random) => Promise<void>;

export type DisasterName =
  | 'kill'
  | 'kill leader'
  | 'pause'
  | 'stop database'
  | 'cut'
  | 'cut after commit'
  | 'hold'
  | 'delay'
  | 'cut all'
  | 'restart';

export const DISASTERS: Readonly<Record<DisasterName, Disaster>> = {
  kill: async (fleet, random) => kill(random.pick(fleet.replicas), random),
  'kill leader': async (fleet, random) =>
    kill((await leaderOf(fleet)) ?? random.pick(fleet.replicas), random),
  async pause(fleet, random) {
    const { service } = random.pick(fleet.replicas);
    service.signal('SIGSTOP');
    await sleep(random.int(5000, 20_000));
    service.signal('SIGCONT');
  },
  async 'stop database'({ database }, random) {
    await database.stop('immediate');
    await sleep(random.int(0, 3000));
    await database.start();
  },
  async cut(fleet, random) {
    random.pick(fleet.replicas).way.cut();
  },
  async 'cut after commit'(fleet, random) {
    const { way } = random.pick(fleet.replicas);
    const before = way.cuts;
    way.cutAfter('COMMIT');
    for (let waits = 0; way.cuts === before && waits < 500; waits += 1) await sleep(10);
  },
  async hold(fleet, random) {
    const { way } = random.pick(fleet.replicas);
    way.hold();
    await sleep(random.int(500, 12_000));
    way.release();
  },
  async delay(fleet, random) {
    const { way } = random.pick(fleet.replicas);
    way.delay(random.int(20, 300));
    await sleep(random.int(1000, 5000));
    way.delay(0);
  },
  'cut all': (fleet) => cutConnections(fleet.databaseUrl),
  async restart(fleet, random) {
    const { service } = random.pick(fleet.replicas);
    await service.stop();
    await service.start();
  },
};

async function kill({ service }: Replica, random: Random): Promise<void> {
  await service.kill();
  await sleep(random.int(0, 1000));
  await service.start();
}
