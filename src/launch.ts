import { fileURLToPath } from 'node:url';
import { youngSpaceMiB } from './memory/young-space.ts';

/*
 * Becomes the program in main.ts, with what Node.js must know before it starts. No shell is needed, so that
 * an image may lack one, and the process stays the same: signals and the exit code are main's.
 */

if (process.execve === undefined) {
  process.stderr.write(
    `ant-watcher: Node.js ${process.version} is too old. bin/ant-watcher finds another, or says what to do.\n`,
  );
  process.exit(1);
}
const { execPath, execArgv, argv, env } = process;
const young = youngSpaceMiB(env['ANT_WATCHER_MEMORY_LIMIT'], process.constrainedMemory());
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
process.execve(execPath, [execPath, `--max-semi-space-size=${young}`, ...execArgv, main, ...argv.slice(2)], {
  // Threads share what malloc keeps: less memory for a little CPU (docs/performance.md).
  MALLOC_ARENA_MAX: '2',
  // Compiled code is kept for the next start. Where this can't be written, nothing is.
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
  ...env,
});
