/*
 * GitHub repeats some 6 kB of addresses in every body. What is stored until a delivery is processed is the part below:
 * GitHub's own field names and values, untouched, so that a parked delivery still shows what GitHub said.
 */

const REPOSITORY = ['id', 'full_name', 'default_branch', 'private', 'visibility', 'custom_properties'];

const JOB = [
  'id',
  'run_id',
  'run_attempt',
  'workflow_name',
  'name',
  'status',
  'conclusion',
  'created_at',
  'started_at',
  'completed_at',
  'labels',
  'runner_id',
  'runner_name',
  'runner_group_id',
  'runner_group_name',
  'head_branch',
  'head_sha',
  'html_url',
];

const STEP = ['number', 'name', 'status', 'conclusion', 'started_at', 'completed_at'];

const RUN = [
  'id',
  'run_attempt',
  'run_number',
  'name',
  'path',
  'workflow_id',
  'event',
  'status',
  'conclusion',
  'created_at',
  'run_started_at',
  'updated_at',
  'head_branch',
  'head_sha',
  'html_url',
  'previous_attempt_url',
];

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The named fields of an object; anything else stays as it is. Missing fields stay missing. */
function pick(value: unknown, fields: readonly string[]): unknown {
  if (!isObject(value)) return value;
  const picked: Json = {};
  for (const field of fields) {
    const found = value[field];
    if (found !== undefined) picked[field] = found;
  }
  return picked;
}

function trimJob(job: unknown): unknown {
  const trimmed = pick(job, JOB);
  if (isObject(job) && isObject(trimmed)) {
    trimmed['steps'] = Array.isArray(job['steps'])
      ? job['steps'].map((step) => pick(step, STEP))
      : job['steps'];
  }
  return trimmed;
}

/** An event's `action`; an empty string where it has none, `other` where it is nothing that GitHub would send. */
export function actionOf(payload: unknown): string {
  const action = isObject(payload) ? payload['action'] : undefined;
  if (typeof action !== 'string') return '';
  return /^[a-z_]{0,40}$/.test(action) ? action : 'other';
}

/**
 * The part of a webhook payload that ant-watcher reads, as JSON text. Never throws for anything that came out of
 * `JSON.parse`: odd values are kept for the collector to judge.
 */
export function trimPayload(event: string, payload: unknown): string {
  if (!isObject(payload)) return JSON.stringify(payload);
  const trimmed: Json = { action: payload['action'], repository: pick(payload['repository'], REPOSITORY) };
  if (event === 'workflow_job') {
    trimmed['workflow_job'] = trimJob(payload['workflow_job']);
    trimmed['deployment'] = pick(payload['deployment'], ['updated_at']);
  }
  if (event === 'workflow_run') {
    trimmed['workflow_run'] = pick(payload['workflow_run'], RUN);
    trimmed['workflow'] = pick(payload['workflow'], ['name', 'path']);
  }
  if (event === 'workflow_dispatch') trimmed['workflow'] = payload['workflow'];
  return JSON.stringify(trimmed);
}
