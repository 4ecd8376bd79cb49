/*
 * Faults injected into the real process by a module that Node.js loads before it: at the moment when a
 * thread parses a payload that names one. The service does not know of them.
 */

/** What happens in the thread that parses a payload with that word in it. */
export const FAULTS = {
  /** Nothing can be caught, logged or stored any more, as when memory runs out. */
  'fault-killed': "process.kill(process.pid, 'SIGKILL')",
  /** The thread disappears at once. */
  'fault-ended': 'process.exit(3)',
  'fault-type-error': 'undefined.property',
  'fault-uncaught': "setTimeout(() => { throw new TypeError('uncaught oops') })",
  'fault-rejection': "Promise.reject(new RangeError('rejected oops'))",
} as const;

export type Fault = keyof typeof FAULTS;

/** `NODE_OPTIONS` under which the fault happens in that thread. */
export function withFault(fault: Fault, thread: 'main' | 'engine'): string {
  return preload(`
    import { isMainThread } from 'node:worker_threads';
    const parse = JSON.parse;
    if (isMainThread === ${thread === 'main'}) {
      JSON.parse = (text, ...rest) => {
        if (String(text).includes(${JSON.stringify(fault)})) { ${FAULTS[fault]} }
        return parse(text, ...rest);
      };
    }`);
}

/** With one core the engine has no thread of its own, and faults in it would be nowhere. */
const AS_WITH_TWO_CORES = `
  import os from 'node:os';
  import { syncBuiltinESMExports } from 'node:module';
  os.availableParallelism = () => 2;
  syncBuiltinESMExports();`;

/** `NODE_OPTIONS` that load a module first, in every thread. */
export function preload(source: string): string {
  return [AS_WITH_TWO_CORES, source]
    .map((each) => `--import=data:text/javascript,${encodeURIComponent(each)}`)
    .join(' ');
}
