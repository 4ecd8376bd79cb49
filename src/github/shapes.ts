import type { GetOptions } from '../domain/github-api.ts';
import { integerOf, objectOf, textOf } from './fields.ts';

/*
 * What has to be in an answer before it is believed. A proxy or a fault of the server can answer 200 with other JSON: an empty
 * object must not pass for a run without jobs or for the end of a list.
 */

export type Shape = NonNullable<GetOptions['isReadable']>;

export const isObject: Shape = (data) => objectOf(data) !== null;

export const isNumbered: Shape = (data) => Number.isInteger(objectOf(data)?.['id']);

export const isRepository: Shape = (data) => textOf(objectOf(data)?.['full_name']) !== null;

export const isRun: Shape = (data) => integerOf(objectOf(data)?.['id']) !== null;

/** As lists are read by the times of their runs. */
export const isDatedRun: Shape = (data) => isRun(data) && textOf(objectOf(data)?.['created_at']) !== null;

export const isJob: Shape = (data) => {
  const job = objectOf(data);
  return integerOf(job?.['id']) !== null && integerOf(job?.['run_id']) !== null;
};

/** An entry of the log of deliveries with what was sent, though not always its payload. */
export const isSentDelivery: Shape = (data) => isObject(objectOf(data)?.['request']);

/** A list, which is the answer itself or stands in it under a name. */
export function isListOf(isEntry: Shape, member?: string): Shape {
  return (data) => {
    const list = member === undefined ? data : objectOf(data)?.[member];
    return Array.isArray(list) && list.every(isEntry);
  };
}
