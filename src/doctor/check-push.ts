import { readFileSync } from 'node:fs';
import type { Receiver } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { SendOutcome } from '../domain/sample.ts';
import { openReceiver } from '../metrics/push/open-receiver.ts';
import type { ReceiverOptions } from '../metrics/push/receiver-options.ts';
import { type Finding, findingsAbout } from './finding.ts';

export interface PushCheckOptions {
  readonly sinks: readonly (Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken'> & {
    readonly name: string;
  })[];
  readonly shared: Pick<ReceiverOptions, 'extraLabels' | 'timeoutMs' | 'version'> & {
    readonly headers: ReadonlyMap<string, string> | readonly (readonly [string, string])[];
    readonly caFile: string;
  };
  readonly nowMs: number;
}

const LONGEST_WAIT_MS = 10_000;

const HINTS: Readonly<Record<Exclude<SendOutcome['kind'], 'sent'>, string>> = {
  retry: 'is it up, and is its name and port right? What is pushed waits in the outbox',
  refused: 'look at push.url, push.protocol and the credentials',
  rejected: 'it does not take a plain sample: is push.protocol the right one?',
  too_large: 'it takes no request of any size: look at its limits and those of proxies before it',
};

/** Whether each receiver takes a sample: one of `ant_watcher_build_info`, as a snapshot has it too. */
export async function checkPush({ sinks, shared, nowMs }: PushCheckOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name, ...sink } of sinks) {
    const about = `receiver ${name}`;
    try {
      const { caFile, headers, ...options } = shared;
      const receiver = openReceiver({
        ...options,
        ...sink,
        headers: Object.fromEntries(headers),
        caPem: caFile === '' ? null : readFileSync(caFile, 'utf8'),
        timeoutMs: Math.min(options.timeoutMs, LONGEST_WAIT_MS),
      });
      findings.push(await probe(about, receiver, options.version, nowMs));
    } catch (error) {
      findings.push(problemOf(about, error));
    }
  }
  return findings;
}

async function probe(about: string, receiver: Receiver, version: string, nowMs: number): Promise<Finding> {
  const { ok, failed } = findingsAbout(about);
  const labels = `version=${JSON.stringify(version)},node=${JSON.stringify(process.version)}`;
  const { name } = SELF.buildInfo;
  const text = `# TYPE ${name} gauge\n${name}{${labels}} 1\n`;
  const outcome = await receiver.snapshot(Buffer.from(text), nowMs);
  await receiver.close();
  return outcome.kind === 'sent'
    ? ok('took a sample')
    : failed(`did not take a sample: ${outcome.reason}`, HINTS[outcome.kind]);
}

/** Of options that can't work, or certificates that can't be read. */
function problemOf(about: string, error: unknown): Finding {
  const isOfFile = error instanceof Error && 'syscall' in error;
  if (!(error instanceof AntError) && !isOfFile) throw error;
  return findingsAbout(about).failed(error.message, 'look at the settings of push');
}
