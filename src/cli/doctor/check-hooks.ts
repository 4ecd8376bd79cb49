import type { GitHubInspection, HookConfig, SeenDelivery, SeenHook } from '../../github/inspection.ts';
import { pathMatcher, pathOf } from '../../http/request-path.ts';
import { hintOf, wordsOf } from './check-access.ts';
import { type Finding, findingsAbout } from './finding.ts';

/** The events without which there is nothing to count. */
export const NEEDED: readonly string[] = ['workflow_job', 'workflow_run'];
/** As GitHub names them; both are accepted. */
const CONTENT_TYPES = ['json', 'form'];

const { ok, warning, failed } = findingsAbout('webhooks');

/** Whether the visible hooks send what is counted, and whether it arrives. */
export async function checkHooks(
  inspection: GitHubInspection,
  {
    hasApp,
    targets,
    paths,
  }: { readonly hasApp: boolean; readonly targets: readonly string[]; readonly paths: readonly string[] },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const hooks: SeenHook[] = [];
  const answers = [
    ...(hasApp ? [await inspection.appHook()] : []),
    ...(await Promise.all(targets.map((target) => inspection.hooks(target)))),
  ];
  for (const answer of answers) {
    if (answer.kind === 'ok') hooks.push(...answer.data.filter(sendsAny));
    // An owner may be a user, who has no hooks; others may be readable even if this one is not.
    else if (answer.kind !== 'missing')
      findings.push(warning(`hooks can't be seen: ${wordsOf(answer)}`, `${hintOf(answer)}; ${SEE}`));
  }
  if (answers.length === 0)
    return [warning('no repository or organization is named, so no webhook can be checked', NAME)];
  // If hooks can't be read, there may be one.
  if (hooks.length === 0)
    return findings.length > 0 ? findings : [warning('no hook is seen that sends workflow_job', SUBSCRIBE)];
  const takes = pathMatcher(paths);
  if (!hooks.some(({ config }) => config === null || takes(pathOf(config.url))))
    findings.push(warning(`no hook is seen whose payload URL ends with ${paths.join(' or ')}`, POINT));
  for (const hook of hooks) findings.push(...judgeHook(hook), ...(await deliveriesOf(inspection, hook)));
  return findings;
}

const SEE = 'it is only for this check, and for the recovery of lost deliveries as they were sent';
const NAME =
  'name the repositories in github.repositories; recovery also reads the hooks of repositories that send webhooks';
const SUBSCRIBE =
  'make a webhook for the events Workflow jobs and Workflow runs, or subscribe the App to them';

const POINT = 'unless a proxy changes the path, give the hook the public address of webhook.path';

function sendsAny({ events }: SeenHook): boolean {
  return events.includes('*') || NEEDED.some((event) => events.includes(event));
}

export function judgeHook({ of, isActive, events, config }: SeenHook): Finding[] {
  if (!isActive)
    return [failed(`the hook of ${of} is switched off`, 'activate it in its settings at GitHub')];
  const missing = events.includes('*') ? [] : NEEDED.filter((event) => !events.includes(event));
  const as = config === null ? '' : ` as ${config.contentType}`;
  const sent =
    missing.length === 0
      ? ok(`the hook of ${of} sends ${NEEDED.join(' and ')}${as}`)
      : warning(`the hook of ${of} does not send ${missing.join(' and ')}`, SUBSCRIBE);
  return [sent, ...(config === null ? [] : judgeConfig(of, config))];
}

function judgeConfig(of: string, { contentType, isVerified, hasSecret }: HookConfig): Finding[] {
  const findings: Finding[] = [];
  if (!hasSecret)
    findings.push(
      warning(
        `the hook of ${of} has no secret: what it sends is refused`,
        'give it the one of webhook.secret',
      ),
    );
  if (!isVerified)
    findings.push(warning(`the hook of ${of} sends to anybody's certificate`, 'enable SSL verification'));
  if (!CONTENT_TYPES.includes(contentType))
    findings.push(warning(`the hook of ${of} sends ${contentType}`, 'choose application/json'));
  return findings;
}

async function deliveriesOf(inspection: GitHubInspection, hook: SeenHook): Promise<Finding[]> {
  if (!hook.isActive) return [];
  const answer = await inspection.deliveries(hook);
  if (answer.kind !== 'ok')
    return [
      warning(`the deliveries of ${hook.of} can't be seen: ${wordsOf(answer)}`, `${hintOf(answer)}; ${SEE}`),
    ];
  return [judgeDeliveries(hook.of, answer.data)];
}

/** An event has arrived if one of its delivery attempts has. */
export function judgeDeliveries(of: string, attempts: readonly SeenDelivery[]): Finding {
  const wanted = attempts.filter(({ event }) => NEEDED.includes(event));
  if (wanted.length === 0)
    return warning(
      `the hook of ${of} has sent nothing lately`,
      'run a workflow; is the hook of the right place?',
    );
  const arrived = new Set(wanted.filter(({ isDelivered }) => isDelivered).map(({ guid }) => guid));
  const events = new Set(wanted.map(({ guid }) => guid));
  const lost = wanted.filter(({ guid }) => !arrived.has(guid));
  const [latest] = lost;
  if (latest === undefined) return ok(`the latest ${events.size} events of ${of} arrived`);
  const count = events.size - arrived.size;
  const when = latest.atMs === null ? '' : ` at ${new Date(latest.atMs).toISOString()}`;
  const what = `${count} of the latest ${events.size} events of ${of} did not arrive; the last${when}: ${latest.status}`;
  const hint =
    'is the payload URL in its settings the one of webhook.path, can GitHub reach it, and is the secret the same?';
  return arrived.size === 0 ? failed(what, hint) : warning(what, hint);
}
