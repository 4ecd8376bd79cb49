import { setFlagsFromString } from 'node:v8';

/**
 * Sets the room for young garbage, in MiB for each half, of threads that start from now on. Their `resourceLimits` can't:
 * the flag that the process was started with would go before them.
 */
export function limitYoungSpace(mebibytes: number): void {
  setFlagsFromString(`--max-semi-space-size=${mebibytes}`);
}
