import { type OwnService, startOwnService } from '../../simulator/own-service.ts';
import { createSender } from '../../simulator/sender.ts';
import { signRequest } from '../../simulator/signed-request.ts';
import { CONCURRENCY, companyPost, type Demo, SETTINGS, type Way } from './demo.ts';

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
  const starting = startOwnService({ env, signal: stop, anyPorts, settings: SETTINGS });
  const post = companyPost(pastMs, START_MS);
  await using service = await starting;
  await using present = createSender(service.webhook, CONCURRENCY.present);
  await using past = createSender(service.webhook, CONCURRENCY.past);
  const signals = [stop, service.ended];
  if (durationMs !== null) signals.push(AbortSignal.timeout(durationMs));
  const ways = { present: wayOf(present, service), past: wayOf(past, service) };
  await post.send(ways, AbortSignal.any(signals), () => say(`The page is at ${service.api}/`));
  return service.ended.aborted ? 1 : 0;
}

function wayOf(sender: ReturnType<typeof createSender>, { secret }: OwnService): Way {
  return {
    send: ({ event, guid, body }) => sender.send(signRequest({ event, guid, body: body() }, secret, false)),
    settle: () => sender.settle(),
  };
}
