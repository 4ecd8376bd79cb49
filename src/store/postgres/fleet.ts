import type { Fleet, ReplicaSelf, ReplicaStatus, Standing } from '../../domain/replica.ts';
import { unlessUnavailable } from '../../timing/retry.ts';
import type { SerialQueue } from '../../timing/serial-queue.ts';
import type { ChangeLog } from './change-log.ts';
import type { Connections } from './connections.ts';
import { type Taking, takeOver } from './fleet-upkeep.ts';
import { ofLast } from './head.ts';
import { ownMigrations, refuseTooNew } from './migrations.ts';
import type { Self } from './self.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import { keepSinks } from './stored-outbox.ts';
import type { Write } from './write.ts';

/** Less than the lease is long: a process that leads stops before another can begin. */
const TRUSTED_MS = 10_000;
const LEASE = `INTERVAL '15 seconds'`;
/** A crash longer ago concerns nobody. */
const CRASH_MS = 3_600_000;
const NOW_MS = '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint';

const JOIN = statement(
  `INSERT INTO replicas (host, version, config_hash, sinks, trace_sinks, expires_at)
   VALUES ($1, $2, $3, $4::text[], $5::text[], clock_timestamp() + ${LEASE}) RETURNING id`,
);
const EXTEND = statement(
  `UPDATE replicas SET expires_at = clock_timestamp() + ${LEASE},
     behind = GREATEST(0, ${ofLast('seq')} - $2::bigint)
   WHERE id = $1`,
);
/** Nothing for a process that was removed. */
const LEAD = statement(
  `INSERT INTO leases AS held (name, replica_id, expires_at)
   SELECT 'leader', id, clock_timestamp() + ${LEASE} FROM replicas WHERE id = $1
   ON CONFLICT (name) DO UPDATE SET replica_id = excluded.replica_id, expires_at = excluded.expires_at
   WHERE held.replica_id = excluded.replica_id OR held.expires_at < clock_timestamp()`,
);
/** One that is just coming back is not waited for: it may wait for the lease, which this transaction holds. */
const REMOVE_DEAD = statement(
  `WITH dead AS (
     DELETE FROM replicas WHERE id IN (
         SELECT id FROM replicas WHERE expires_at < clock_timestamp() FOR UPDATE SKIP LOCKED)
       AND EXISTS (SELECT FROM leases WHERE name = 'leader' AND replica_id = $1)
     RETURNING id)
   INSERT INTO marks (name, value) SELECT 'replicas/crashed_at_ms', ${NOW_MS} FROM dead LIMIT 1
   ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
);
const LIVING = statement(
  `SELECT id, host, version, config_hash AS "configHash", behind,
     (EXTRACT(EPOCH FROM started_at) * 1000)::bigint AS "startedAtMs",
     (EXTRACT(EPOCH FROM expires_at - ${LEASE}) * 1000)::bigint AS "seenAtMs",
     EXISTS (SELECT FROM leases
             WHERE name = 'leader' AND replica_id = replicas.id AND expires_at > clock_timestamp()) AS leads,
     ${NOW_MS} AS "nowMs", (SELECT version FROM schema) AS "schemaVersion",
     (SELECT oldest FROM schema) AS "oldestSchema", (SELECT value FROM marks WHERE name = 'replicas/crashed_at_ms') AS "crashedAtMs"
   FROM replicas WHERE expires_at > clock_timestamp() ORDER BY id`,
);
const LEAVE = statement('DELETE FROM replicas WHERE id = $1');
const STOP_LEADING = statement('DELETE FROM leases WHERE replica_id = $1');

export interface FleetOptions {
  readonly connections: Connections;
  readonly log: ChangeLog;
  readonly write: Write;
  /** Of all that moves `log`. */
  readonly inTurn: SerialQueue;
  readonly self: Self;
  readonly taking: Taking;
}

/** The processes that use the database, by its clock. `beat` throws `store_too_new` once somebody has upgraded it too far. */
export function openFleet({ connections, log, write, inTurn, self, taking }: FleetOptions): Fleet {
  let told: ReplicaSelf | null = null;
  /** Whether others may have removed its sinks while it was taken for dead. */
  let mayLackSinks = false;

  async function enter(session: Session): Promise<{ id: number; rows: readonly LivingRow[] }> {
    const { host = '', version = '', configHash = '' } = told ?? {};
    const { samples, traces } = self.sinks;
    const values = [host, version, configHash, samples, traces];
    const [row] = await session.rows<{ id: number }>(JOIN, values);
    const id = row?.id ?? 0;
    return { id, rows: await stand(session, id) };
  }

  async function beat(heard: (standing: Standing) => void = () => undefined): Promise<Standing> {
    const { id, rows } = await connections.transact(async (session) => {
      const [known, rows] = await Promise.all([
        session.run(EXTEND, [self.id, log.seq]),
        stand(session, self.id),
      ]);
      return known > 0 ? { id: self.id, rows } : enter(session);
    });
    mayLackSinks ||= id !== self.id && hasSinks(self);
    self.id = id;
    for (const { schemaVersion: version, oldestSchema: oldest } of rows.slice(0, 1))
      refuseTooNew({ version, oldest }, ownMigrations().length);
    if (mayLackSinks) await keepSinks(write, self);
    mayLackSinks = false;
    const standing = standingOf(id, rows);
    heard(standing);
    // What fails here is done at the next beat.
    if (standing.leadsForMs > 0)
      await unlessUnavailable(
        () => takeOver({ connections, write, log, id: self.id, taking }),
        () => undefined,
      );
    return standing;
  }

  return {
    follow: async (follower) => log.follow(follower),
    catchUp: () => inTurn(() => connections.readAsOfOneMoment((session) => log.catchUp(session))),
    join(identity) {
      told = identity;
      return beat();
    },
    beat,
    async leave() {
      if (self.id === 0) return;
      await connections.transact(async (session) => {
        session.send(LEAVE, [self.id]);
        session.send(STOP_LEADING, [self.id]);
      });
      self.id = 0;
    },
  };
}

function hasSinks({ sinks }: Self): boolean {
  return Object.values(sinks).some(({ length }) => length > 0);
}

type LivingRow = Omit<ReplicaStatus, 'isSelf'> & {
  readonly nowMs: number;
  readonly crashedAtMs: number | null;
  readonly schemaVersion: number;
  readonly oldestSchema: number;
};

/** Takes or keeps the lead, if it can be had, and then removes who is dead. */
function stand(session: Session, id: number): Promise<LivingRow[]> {
  session.send(LEAD, [id]);
  session.send(REMOVE_DEAD, [id]);
  return session.rows<LivingRow>(LIVING);
}

function standingOf(selfId: number, rows: readonly LivingRow[]): Standing {
  const replicas = rows.map(
    ({ nowMs: _, crashedAtMs: __, schemaVersion: ___, oldestSchema: ____, ...row }) => ({
      ...row,
      isSelf: row.id === selfId,
    }),
  );
  const { nowMs = 0, crashedAtMs = null } = rows[0] ?? {};
  return {
    leadsForMs: replicas.some(({ isSelf, leads }) => isSelf && leads) ? TRUSTED_MS : 0,
    crashedAtMs: crashedAtMs !== null && nowMs - crashedAtMs < CRASH_MS ? crashedAtMs : null,
    nowMs,
    replicas,
  };
}
