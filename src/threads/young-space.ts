import { setFlagsFromString } from 'node:v8';

/**
 * Sets the room for young garbage, in MiB for each half, of threads that start from now on: all of it from the start.
 * Their `resourceLimits` can't: the flags that the process was started with would go before them.
 */
export function setYoungSpace(mebibytes: number): void {
  setFlagsFromString(`--min-semi-space-size=${mebibytes}`);
  setFlagsFromString(`--max-semi-space-size=${mebibytes}`);
}
