import { type OwnService, startOwnService } from '../../simulator/own-service.ts';
import { createSender } from '../../simulator/sender.ts';
import { signRequest } from '../../simulator/signed-request.ts';
import { type Company, openCompany } from './company.ts';
import { CONCURRENCY, type Demo, SETTINGS, type Way } from './demo.ts';

/** The service needs about so long to start. */
const START_MS = 1500;

/** One process on SQLite. Returns the exit code. */
export async function showOneService({
  pastMs,
  durationMs,
  anyPorts,
  env,
  stop,
  say,
}: Demo): Promise<number> {
  say('Starting ant-watcher, and a company that uses GitHub Actions …');
  await using company = await openCompany(pastMs, START_MS);
  const settings = { ...SETTINGS, ...company.settings };
  const starting = startOwnService({ env, signal: stop, anyPorts, settings });
  const post = company.work();
  await using service = await starting;
  await using present = createSender(service.webhook, CONCURRENCY.present);
  await using past = createSender(service.webhook, CONCURRENCY.past);
  const signals = [stop, service.ended];
  if (durationMs !== null) signals.push(AbortSignal.timeout(durationMs));
  const ways = { present: wayOf(present, service, company.log), past: wayOf(past, service) };
  await post.send(ways, AbortSignal.any(signals), () => say(`The page is at ${service.api}/`));
  return service.ended.aborted ? 1 : 0;
}

/** The outcomes are recorded in the log, if there is one. */
function wayOf(sender: ReturnType<typeof createSender>, { secret }: OwnService, log?: Company['log']): Way {
  return {
    send(delivery) {
      const { event, guid, body } = delivery;
      const request = signRequest({ event, guid, body: body() }, secret, false);
      return sender.send({ ...request, answered: (outcome) => log?.record(delivery, outcome, Date.now()) });
    },
    settle: () => sender.settle(),
  };
}
