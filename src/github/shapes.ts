import type { GetOptions } from '../domain/github-api.ts';
import { integerOf, isTimeOrNone, objectOf, textOf, timeMsOf } from './fields.ts';

/*
 * What an answer must contain before it is trusted. A proxy or a faulty server can answer 200 with other
 * JSON: an empty object must not pass for a run without jobs or for the end of a list.
 */

export type Shape = NonNullable<GetOptions['isReadable']>;

export const isObject: Shape = (data) => objectOf(data) !== null;

export const isNumbered: Shape = (data) => integerOf(objectOf(data)?.['id']) !== null;

export const isRepository: Shape = (data) => textOf(objectOf(data)?.['full_name']) !== null;

/** A time that can't be read would be counted as an unknown one, for good. */
const TIMES = ['created_at', 'run_started_at', 'started_at', 'updated_at', 'completed_at'];

/** A run or a job. */
const isWork: Shape = (data) => {
  const work = objectOf(data);
  return work !== null && integerOf(work['id']) !== null && TIMES.every((name) => isTimeOrNone(work[name]));
};

export const isRun = isWork;

/** That attempt of that run. */
export function isAttempt(runId: number, number: number): Shape {
  return (data) => {
    const run = objectOf(data);
    return isWork(run) && run?.['id'] === runId && (run['run_attempt'] ?? 1) === number;
  };
}

/** For lists, which are read by the times of their runs. */
export const isDatedRun: Shape = (data) => isWork(data) && timeMsOf(objectOf(data)?.['created_at']) !== null;

/** Of that run: an answer may be about something else than the question. */
export function isJobOf(runId: number): Shape {
  return (data) => isWork(data) && objectOf(data)?.['run_id'] === runId;
}

/** An entry of the delivery log. */
export const isLogEntry: Shape = (data) => {
  const entry = objectOf(data);
  const [id, guid, atMs] = [
    integerOf(entry?.['id']),
    textOf(entry?.['guid']),
    timeMsOf(entry?.['delivered_at']),
  ];
  return id !== null && guid !== null && atMs !== null;
};

/** An entry of the delivery log with the request, though not always its payload. */
export const isSentDelivery: Shape = (data) => {
  const request = objectOf(objectOf(data)?.['request']);
  const payload = objectOf(request?.['payload']);
  const works = [payload?.['workflow_run'], payload?.['workflow_job']].map(objectOf);
  return request !== null && works.every((work) => work === null || isWork(work));
};

/** A list, which is either the whole body or a member of it. */
export function isListOf(isEntry: Shape, member?: string): Shape {
  return (data) => {
    const list = member === undefined ? data : objectOf(data)?.[member];
    return Array.isArray(list) && list.every(isEntry);
  };
}
