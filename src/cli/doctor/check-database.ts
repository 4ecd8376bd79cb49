import { MAX_SKEW_MS } from '../../domain/clock-skew.ts';
import { AntError } from '../../domain/errors.ts';
import { inspectServer, type ServerInspection } from '../../store/postgres/inspect.ts';
import { grantCreate, grantUse } from '../../store/postgres/suitable.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** What each ant-watcher may use at once. */
const CONNECTIONS = 8;
const LONG_TRANSACTION_S = 300;
/** All replicas wait for one another's transactions, which are two or three round trips long. */
const SLOW_TRIP_MS = 10;

const { ok, warning, failed } = findingsAbout('storage');

/** Whether the database on a server can be used, keeps what it confirms, and is fit. Shows no password. */
export async function checkDatabase(storage: {
  readonly url: string;
  readonly password: string | null;
}): Promise<Finding[]> {
  try {
    return judgeDatabase(storage.url, await inspectServer(storage));
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    return [failed(`${storage.url}: ${error.message}`, error.hint ?? 'look at the log of the server')];
  }
}

export function judgeDatabase(url: string, found: ServerInspection): Finding[] {
  return [
    ok(
      `${url} answers: PostgreSQL ${found.facts.version}, a round trip takes ${found.roundTripMs.toFixed(1)} ms`,
    ),
    ...judgeTables(found),
    ...judgeDurability(found.settings),
    judgeStandbys(found),
    judgeConnections(found.connections),
    ...judgeFitness(found),
    ...judgeTime(found),
  ];
}

function judgeTables({ schema, newest, facts, rights, asker }: ServerInspection): Finding[] {
  const isOpen = rights.closed.length === 0;
  const mayUpgrade = facts.mayCreate && rights.foreign.length === 0;
  if (!isOpen)
    return [
      failed(
        `${asker.user} may not read and write ${rights.closed.join(', ')}`,
        grantUse(facts.schemaName, asker),
      ),
    ];
  if (schema.version >= newest)
    return [ok(`${asker.user} may read and write its tables, which have schema ${schema.version}`)];
  const next =
    schema.version === 0
      ? 'made at the first start'
      : `upgraded from schema ${schema.version} to ${newest} at the start`;
  if (mayUpgrade) return [ok(`its tables will be ${next}`)];
  return [
    failed(
      `its tables would be ${next}, but ${asker.user} may not do that`,
      `${grantCreate(facts.schemaName, asker)}; and make it the owner of the tables that are there: ALTER TABLE … OWNER TO`,
    ),
  ];
}

function judgeDurability({
  fsync,
  fullPageWrites,
  synchronousCommit,
}: ServerInspection['settings']): Finding[] {
  const off = [
    ...(fsync === 'off' ? ['fsync'] : []),
    ...(fullPageWrites === 'off' ? ['full_page_writes'] : []),
  ];
  const damaging = off.map((name) =>
    failed(
      `${name} is off: the database may be damaged when the machine crashes`,
      `set ${name} = on in the server's configuration`,
    ),
  );
  if (synchronousCommit === 'off')
    return [
      ...damaging,
      failed(
        'synchronous_commit is off: accepted deliveries may be lost when the server crashes',
        'set synchronous_commit = on for the server, the database or the user',
      ),
    ];
  return damaging.length > 0 ? damaging : [ok('what it confirms is on its disk')];
}

function judgeStandbys({ standbys, settings, asker }: ServerInspection): Finding {
  const { areSeen, connected, synchronous } = standbys;
  const isWaitedFor = settings.standbyNames !== '' && !['off', 'local'].includes(settings.synchronousCommit);
  if (!areSeen)
    return ok(
      `${isWaitedFor ? 'a standby is waited for' : 'no standby is waited for'}; which ones there are can't be seen (GRANT pg_monitor TO "${asker.user}")`,
    );
  if (isWaitedFor && synchronous > 0)
    return ok('a synchronous standby has what is confirmed: a fail-over loses nothing');
  if (isWaitedFor)
    return failed(
      `synchronous_standby_names is ${settings.standbyNames}, but no such standby is connected: every write waits for it`,
      'start the standby, or take it out of synchronous_standby_names',
    );
  if (connected === 0) return ok('there is no standby');
  return warning(
    'no standby is synchronous: what was accepted just before a fail-over is lost',
    'name one in synchronous_standby_names; where GitHub is asked for lost deliveries, they are fetched again',
  );
}

function judgeConnections({ most, used }: ServerInspection['connections']): Finding {
  const what = `${used} of ${most} connections are used`;
  const hint = `each ant-watcher uses up to ${CONNECTIONS}: raise max_connections, or the limit of the user or the database`;
  if (most - used < CONNECTIONS) return failed(what, hint);
  return most - used < 3 * CONNECTIONS ? warning(what, hint) : ok(what);
}

function judgeFitness({ oldest, idleSlots, bloated }: ServerInspection): Finding[] {
  const held =
    oldest === null || oldest.seconds < LONG_TRANSACTION_S
      ? []
      : [
          warning(
            `${oldest.program || 'a program'} of ${oldest.user ?? 'nobody'} (pid ${oldest.pid}) has had a transaction open for ${Math.floor(oldest.seconds / 60)} min: rows that were overwritten since can't be removed`,
            oldest.pid === 0
              ? 'ROLLBACK PREPARED, or COMMIT PREPARED'
              : `end it: SELECT pg_terminate_backend(${oldest.pid})`,
          ),
        ];
  const slots = idleSlots.map((name) =>
    warning(
      `nobody reads the replication slot ${name}: the server keeps its log, and may keep dead rows, until its disk is full`,
      `connect its standby, or SELECT pg_drop_replication_slot('${name}')`,
    ),
  );
  const dead = bloated.map((name) =>
    warning(`the table ${name} is mostly dead rows`, 'see whether autovacuum is on, and what holds it up'),
  );
  return [...held, ...slots, ...dead];
}

function judgeTime({ aheadMs, roundTripMs }: ServerInspection): Finding[] {
  const slow =
    roundTripMs <= SLOW_TRIP_MS
      ? []
      : [
          warning(
            `a round trip takes ${roundTripMs.toFixed(0)} ms: all replicas together store ${Math.floor(1000 / (3 * roundTripMs))} transactions a second`,
            'run ant-watcher in the same zone as the database',
          ),
        ];
  if (Math.abs(aheadMs) <= MAX_SKEW_MS) return [...slow, ok('its clock agrees with that of this machine')];
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  return [
    ...slow,
    warning(
      `the clock of this machine is ${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} that of the database`,
      'synchronize the clocks of both (NTP): ages are wrong by that',
    ),
  ];
}
