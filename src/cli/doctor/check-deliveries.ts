import { askListener, type Listener, urlOf } from '../ask-listener.ts';
import { NEEDED } from './check-hooks.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** What is read of `/health`, which needs no login. */
interface SeenHealth {
  readonly intake: string;
  readonly started_at: string;
  readonly last_delivery_accepted_at: string | null;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
}

const ANSWER_WITHIN_MS = 3000;
const ACCEPTED = /^ant_watcher_deliveries_total\{event="(\w+)".*outcome="accepted"\} [1-9]/gm;

const { ok, warning } = findingsAbout('deliveries');

/**
 * What the service that runs has received, and what it says is wrong with itself. Nothing if none runs.
 * Where `/metrics` needs a login, single events are not looked at: a secret may not be sent, because the
 * certificate is not checked here.
 */
export async function checkDeliveries(api: Listener): Promise<Finding[]> {
  const health = healthIn(await ask(api, '/health'));
  if (health === null) return [];
  const exposition = health.intake === 'webhooks' ? await ask(api, '/metrics') : null;
  return [...judgeHealth(health), ...judgeEvents(exposition?.status === 200 ? exposition.text : '')];
}

export function judgeHealth({
  intake,
  started_at,
  last_delivery_accepted_at,
  checks,
}: SeenHealth): Finding[] {
  const problems = Object.entries(checks)
    .filter(([, { ok: isOk }]) => !isOk)
    .map(([name, { reason = 'not well' }]) => warning(`the service says of ${name}: ${reason}`, HEALTH));
  if (intake !== 'webhooks') return problems;
  const last =
    last_delivery_accepted_at === null
      ? warning(`the service has accepted none since its start at ${started_at}`, RUN)
      : ok(`the service accepted the last one at ${last_delivery_accepted_at}`);
  return [last, ...problems];
}

const HEALTH = 'look at /health, and at the warnings in its log';
const RUN =
  "run a workflow, and look at Recent Deliveries in the webhook's settings at GitHub: if there is none, the webhook does not send; if it failed, its answer says why";

/** Some installations get one of the two events: they have numbers of runs and none of jobs, or the reverse. */
export function judgeEvents(exposition: string): Finding[] {
  const seen = new Set(Array.from(exposition.matchAll(ACCEPTED), ([, event]) => event));
  const missing = NEEDED.filter((event) => !seen.has(event));
  if (missing.length !== 1) return [];
  const what = `${NEEDED.find((event) => seen.has(event))} has arrived, and never ${missing[0]}`;
  return [warning(what, 'select both events in the settings of the webhook, or of the App')];
}

async function ask(api: Listener, path: string) {
  if (api.port === 0) return null;
  try {
    return await askListener(`${urlOf(api)}${path}`, ANSWER_WITHIN_MS);
  } catch {
    return null;
  }
}

/** Null if that is not the answer of an ant-watcher. */
function healthIn(answer: { readonly text: string } | null): SeenHealth | null {
  try {
    const health = JSON.parse(answer?.text ?? 'null') as Partial<SeenHealth> | null;
    return health?.intake === undefined || health.checks === undefined ? null : (health as SeenHealth);
  } catch {
    return null;
  }
}
