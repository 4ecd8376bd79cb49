/**
 * Runs one piece of work at a time, in the order in which they were added. One that fails does not
 * concern the next.
 */
export type SerialQueue = <T>(work: () => Promise<T>) => Promise<T>;

export function openSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
