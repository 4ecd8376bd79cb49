import { AntError } from '../../domain/errors.ts';
import type { SendOutcome } from '../../domain/send-outcome.ts';
import { networkOf } from '../../outbound/network.ts';
import type { Proxies } from '../../outbound/proxies.ts';
import { headersOf } from '../../push/open-sender.ts';
import { openReceiver } from '../../push/samples/open-receiver.ts';
import type { ReceiverOptions } from '../../push/samples/receiver-options.ts';
import { completeReceiverUrl } from '../../push/samples/receiver-url.ts';
import type { Sleep } from '../../timing/sleep.ts';
import { checkRestarts } from './check-restarts.ts';
import { type Checked, type Finding, findingsAbout } from './finding.ts';
import { type ReadBackOptions, readsBack } from './read-back.ts';

export interface PushCheckOptions {
  readonly sinks: readonly (Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken'> & {
    readonly name: string;
    /** The settings that it comes from, such as `sinks[1]`. */
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly caFile: string;
  })[];
  readonly shared: Pick<ReceiverOptions, 'extraLabels' | 'timeoutMs' | 'version'> & {
    readonly proxies: Proxies;
    /** `push.resend_window`; null: never. */
    readonly resendWindowMs: number | null;
  };
  readonly nowMs: number;
  readonly sleep: Sleep;
}

type Time = Pick<PushCheckOptions, 'nowMs' | 'sleep'>;

const MAX_WAIT_MS = 10_000;

const HINTS: Readonly<Record<Exclude<SendOutcome['kind'], 'sent'>, string>> = {
  retry: 'is it up, and is its name and port right? What is pushed waits in the outbox',
  refused: 'look at its url, its protocol and its login',
  rejected: 'it does not take a plain sample: is its protocol the right one?',
  too_large: 'it takes no request of any size: look at its limits and those of proxies before it',
};

/** Nobody can mistake a metric of this name for another. */
const PROBE = 'ant_watcher_doctor_probe';
const LOST_HINT =
  'is something between that drops it (relabelling, a relay), or is its clock or retention so that the present is not kept?';

/** Whether each receiver accepts a sample, and returns it if it also answers queries. */
export async function checkPush({ sinks, shared, nowMs, sleep }: PushCheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { proxies, resendWindowMs, ...options } = shared;
  for (const { name, path, caFile, headers, ...sink } of sinks) {
    const about = `receiver ${name}` as const;
    try {
      const complete: ReceiverOptions = {
        ...options,
        ...sink,
        headers: Object.fromEntries(headers),
        network: networkOf(proxies, `${path}.ca_file`, caFile),
        timeoutMs: Math.min(options.timeoutMs, MAX_WAIT_MS),
      };
      const finding = await probe(about, complete, { nowMs, sleep });
      findings.push(finding);
      const target = targetOf(complete);
      if (finding.level !== 'failed' && target !== null)
        findings.push(await checkRestarts(about, { ...complete, ...target, resendWindowMs }));
    } catch (error) {
      findings.push(problemOf(about, error));
    }
  }
  return findings;
}

/** The value is the time, which distinguishes it from earlier probes. */
async function probe(about: Checked, options: ReceiverOptions, time: Time): Promise<Finding> {
  const { nowMs } = time;
  const { ok, warning, failed } = findingsAbout(about);
  const receiver = openReceiver(options);
  const text = `# TYPE ${PROBE} gauge\n${PROBE} ${nowMs}\n`;
  const outcome = await receiver.snapshot(Buffer.from(text), nowMs);
  await receiver.close();
  if (outcome.kind !== 'sent') {
    const hint = ('hint' in outcome ? outcome.hint : undefined) ?? HINTS[outcome.kind];
    return failed(`did not take a sample: ${outcome.reason}`, hint);
  }
  const isBack = await isReadBack(options, time);
  if (isBack === null) return ok('took a sample; whether it can be read was not tried');
  return isBack
    ? ok('took a sample and gave it back')
    : warning('took a sample and does not show it', LOST_HINT);
}

async function isReadBack(options: ReceiverOptions, { nowMs, sleep }: Time): Promise<boolean | null> {
  const target = targetOf(options);
  return target && readsBack(PROBE, nowMs, nowMs, { ...options, ...target, sleep });
}

/** Where it is, and how we log in. */
function targetOf(options: ReceiverOptions): Pick<ReadBackOptions, 'url' | 'headers'> | null {
  const completed = completeReceiverUrl(options.url, options.protocol);
  if ('problem' in completed) return null;
  return { url: completed.url, headers: headersOf(options, completed.basicAuth) };
}

/** For invalid options, or certificates that can't be read. */
function problemOf(about: Checked, error: unknown): Finding {
  if (!(error instanceof AntError)) throw error;
  return findingsAbout(about).failed(error.message, 'look at its settings');
}
