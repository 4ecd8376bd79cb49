import type { GetOptions } from '../domain/github-api.ts';
import { integerOf, objectOf, textOf } from './fields.ts';

/*
 * What an answer must contain before it is trusted. A proxy or a faulty server can answer 200 with other
 * JSON: an empty object must not pass for a run without jobs or for the end of a list.
 */

export type Shape = NonNullable<GetOptions['isReadable']>;

export const isObject: Shape = (data) => objectOf(data) !== null;

export const isNumbered: Shape = (data) => Number.isInteger(objectOf(data)?.['id']);

export const isRepository: Shape = (data) => textOf(objectOf(data)?.['full_name']) !== null;

export const isRun: Shape = (data) => integerOf(objectOf(data)?.['id']) !== null;

/** That attempt of that run. */
export function isAttempt(runId: number, number: number): Shape {
  return (data) => {
    const run = objectOf(data);
    return run?.['id'] === runId && (run['run_attempt'] ?? 1) === number;
  };
}

/** For lists, which are read by the times of their runs. */
export const isDatedRun: Shape = (data) => isRun(data) && textOf(objectOf(data)?.['created_at']) !== null;

/** Of that run: an answer may be about something else than the question. */
export function isJobOf(runId: number): Shape {
  return (data) => {
    const job = objectOf(data);
    return integerOf(job?.['id']) !== null && job?.['run_id'] === runId;
  };
}

/** An entry of the delivery log with the request, though not always its payload. */
export const isSentDelivery: Shape = (data) => isObject(objectOf(data)?.['request']);

/** A list, which is either the whole body or a member of it. */
export function isListOf(isEntry: Shape, member?: string): Shape {
  return (data) => {
    const list = member === undefined ? data : objectOf(data)?.[member];
    return Array.isArray(list) && list.every(isEntry);
  };
}
