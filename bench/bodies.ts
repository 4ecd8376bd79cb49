import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/*
 * Signed `workflow_job` deliveries as GitHub sends them: the bodies are the examples of
 * @octokit/webhooks-examples, made into the three reports of one job. What differs between jobs has a
 * constant width and is overwritten in a template, so that a request costs its sender two copies and no memory
 * of its own.
 */

export const SECRET = 'the secret of the bench';

/** The reports of a job, in this order. */
const ACTIONS = ['queued', 'in_progress', 'completed'] as const;
export const DELIVERIES_PER_JOB = ACTIONS.length;

/**
 * All jobs of a window are queued, then all start, then all end: that many are in flight, and the reports of
 * one job come in different transactions, as they do in reality.
 */
const WINDOW_JOBS = 1000;

/** Repository, workflow and name of a job; unless others are asked for. */
const LABEL_SETS = 600;
const NAMES = ['build', 'lint', 'test (unit)', 'test (end to end)', 'package', 'deploy / staging'];
const FIRST_JOB_ID = 70_000_000_000;
const FIRST_RUN_ID = 90_000_000_000;
const REPOSITORY = 'octo-org/repository-';
const NO_REPOSITORY = '0000';
const NO_GUID = '00000000-0000-1000-8000-000000000000';
const NO_SIGNATURE = '0'.repeat(64);
/** GitHub sends it, too, and some know no other. */
const NO_OLD_SIGNATURE = '0'.repeat(40);

/** Prepared requests. */
export interface PreparedRequests {
  readonly count: number;
  /** Size of the largest request. */
  readonly maxBytes: number;
  /** Mean size of a body. */
  readonly meanBodyBytes: number;
  /** Writes one request, head and body, and returns its size. */
  write(index: number, target: Buffer): number;
}

interface Template {
  readonly bytes: Buffer;
  /** Offsets of the parts that differ. */
  readonly at: Readonly<
    Record<'guid' | 'signature' | 'oldSignature' | 'body' | 'jobId' | 'runId' | 'repository', number>
  >;
}

/** What one request is made of. */
interface Place {
  readonly job: number;
  readonly repository: number;
  readonly template: Template;
}

type Example = { readonly workflow_job: object; readonly repository: object; readonly deployment?: object };

export interface JobRange {
  readonly firstJob: number;
  readonly jobs: number;
  /** In how many ways the jobs differ: each next job has another repository or name, until all are used. */
  readonly labelSets?: number | undefined;
}

/** Signs the requests of the given jobs in advance. Jobs are made in whole windows: `jobs` is rounded up. */
export function prepareRequests({ firstJob, jobs, labelSets = LABEL_SETS }: JobRange): PreparedRequests {
  const count = windowsOf(jobs) * WINDOW_JOBS * DELIVERIES_PER_JOB;
  const templates = readTemplates();
  const signatures = Buffer.alloc(count * NO_SIGNATURE.length);
  const oldSignatures = Buffer.alloc(count * NO_OLD_SIGNATURE.length);
  const guids = Buffer.alloc(count * NO_GUID.length);
  const maxBytes = Math.max(...templates.flat().map(({ bytes }) => bytes.length));
  const scratch = Buffer.alloc(maxBytes);
  const startMs = Date.now();
  let bodyBytes = 0;

  for (let index = 0; index < count; index += 1) {
    const place = placeOf(index);
    const { template } = place;
    const length = fill(place, scratch);
    const body = scratch.subarray(template.at.body, length);
    bodyBytes += body.length;
    signatures.write(signed('sha256', body), index * NO_SIGNATURE.length);
    oldSignatures.write(signed('sha1', body), index * NO_OLD_SIGNATURE.length);
    guids.write(guidOf(startMs, firstJob * DELIVERIES_PER_JOB + index), index * NO_GUID.length);
  }

  function placeOf(index: number): Place {
    const { job, action } = jobOf(index);
    const labelSet = (firstJob + job) % labelSets;
    const template = templates[labelSet % templates.length]?.[action];
    if (template === undefined) throw new Error('a job has three reports');
    return { job: firstJob + job, repository: Math.floor(labelSet / templates.length), template };
  }

  return {
    count,
    maxBytes,
    meanBodyBytes: bodyBytes / count,
    write(index, target) {
      const place = placeOf(index);
      const { template } = place;
      const length = fill(place, target);
      copyItem(guids, index, NO_GUID.length, target, template.at.guid);
      copyItem(signatures, index, NO_SIGNATURE.length, target, template.at.signature);
      copyItem(oldSignatures, index, NO_OLD_SIGNATURE.length, target, template.at.oldSignature);
      return length;
    },
  };
}

function signed(algorithm: 'sha1' | 'sha256', body: Buffer): string {
  return createHmac(algorithm, SECRET).update(body).digest('hex');
}

/** How many jobs `prepareRequests` makes for that many. */
export function roundedJobs(jobs: number): number {
  return windowsOf(jobs) * WINDOW_JOBS;
}

function windowsOf(jobs: number): number {
  return Math.max(1, Math.ceil(jobs / WINDOW_JOBS));
}

function jobOf(index: number): { readonly job: number; readonly action: number } {
  const window = Math.floor(index / (WINDOW_JOBS * DELIVERIES_PER_JOB));
  const inWindow = index % (WINDOW_JOBS * DELIVERIES_PER_JOB);
  return {
    job: window * WINDOW_JOBS + (inWindow % WINDOW_JOBS),
    action: Math.floor(inWindow / WINDOW_JOBS),
  };
}

function fill({ job, repository, template: { bytes, at } }: Place, target: Buffer): number {
  bytes.copy(target);
  target.write(String(FIRST_JOB_ID + job), at.jobId, 'latin1');
  target.write(String(FIRST_RUN_ID + job), at.runId, 'latin1');
  target.write(String(repository).padStart(NO_REPOSITORY.length, '0'), at.repository, 'latin1');
  return bytes.length;
}

function copyItem(items: Buffer, index: number, size: number, target: Buffer, offset: number): void {
  items.copy(target, offset, index * size, (index + 1) * size);
}

/** A version 1 UUID, like GitHub's: made about when it is sent, and up to 2 s out of order. */
function guidOf(startMs: number, number: number): string {
  const disorder = ((number * 7919) % 2000) * 10_000;
  const ticks = BigInt(startMs + 12_219_292_800_000) * 10_000n + BigInt(number * 1250 + disorder);
  const time = ticks.toString(16).padStart(15, '0');
  const node = number.toString(16).padStart(12, '0');
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-8000-${node}`;
}

/** By variant of a job, the templates of its three reports. */
function readTemplates(): Template[][] {
  const file = fileURLToPath(import.meta.resolve('@octokit/webhooks-examples'));
  const events: { name: string; examples: (Example & { action: string })[] }[] = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const examples = events.find(({ name }) => name === 'workflow_job')?.examples ?? [];
  return NAMES.map((name, variant) =>
    ACTIONS.map((action) => {
      // The one with a deployment belongs to an approval gate, which few jobs have.
      const fitting = examples.filter((each) => each.action === action && each.deployment === undefined);
      const example = fitting[variant % fitting.length];
      if (example === undefined) throw new Error(`there is no example of workflow_job ${action}`);
      return templateOf(JSON.stringify(sameJob(example, action, name, variant)));
    }),
  );
}

/**
 * The example with the job's own values, so that the three reports agree; everything else stays as it is.
 */
function sameJob(example: Example, action: string, name: string, variant: number): object {
  const isStarted = action !== 'queued';
  const createdMs = Date.now() - 3_600_000;
  const startedMs = createdMs + (3 + 7 * variant) * 1000;
  const runner = isStarted ? { runner_id: 5, runner_name: 'GitHub Actions 5' } : {};
  return {
    ...example,
    repository: { ...example.repository, full_name: `${REPOSITORY}${NO_REPOSITORY}` },
    workflow_job: {
      ...example.workflow_job,
      ...runner,
      id: FIRST_JOB_ID,
      run_id: FIRST_RUN_ID,
      name,
      workflow_name: 'Continuous integration',
      labels: ['ubuntu-latest'],
      created_at: timeText(createdMs),
      started_at: timeText(isStarted ? startedMs : createdMs),
      completed_at: action === 'completed' ? timeText(startedMs + (20 + 90 * variant) * 1000) : null,
    },
  };
}

/** As GitHub writes times: whole seconds. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

function templateOf(body: string): Template {
  const head = [
    'POST /webhook HTTP/1.1',
    'Host: 127.0.0.1',
    'User-Agent: GitHub-Hookshot/c519d58',
    'Accept: */*',
    'Content-Type: application/json',
    `X-GitHub-Delivery: ${NO_GUID}`,
    'X-GitHub-Event: workflow_job',
    'X-GitHub-Hook-ID: 507245688',
    'X-GitHub-Hook-Installation-Target-ID: 871252491',
    'X-GitHub-Hook-Installation-Target-Type: repository',
    `X-Hub-Signature: sha1=${NO_OLD_SIGNATURE}`,
    `X-Hub-Signature-256: sha256=${NO_SIGNATURE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ].join('\r\n');
  const bytes = Buffer.from(head + body);
  const after = (text: string): number => {
    const start = bytes.indexOf(text);
    if (start === -1) throw new Error(`a request has no ${text}`);
    return start + text.length;
  };
  return {
    bytes,
    at: {
      guid: after('X-GitHub-Delivery: '),
      signature: after('sha256='),
      oldSignature: after('sha1='),
      body: Buffer.byteLength(head),
      jobId: after(`"id":${FIRST_JOB_ID}`) - String(FIRST_JOB_ID).length,
      runId: after(`"run_id":${FIRST_RUN_ID}`) - String(FIRST_RUN_ID).length,
      repository: after(`"full_name":"${REPOSITORY}`),
    },
  };
}
