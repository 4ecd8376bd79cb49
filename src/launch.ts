import { youngSpaceMiB } from './memory/young-space.ts';

/*
 * Runs main.ts with what Node.js must know before it starts. bin/ant-watcher mostly knows it as well, and says so; else
 * the process becomes the program once more. No shell is needed, so that an image may lack one, and the process
 * stays the same: signals and the exit code are main's.
 */

/** What bin/ant-watcher can give: it does not look at the control group. */
const GUESSED = ['--max-semi-space-size=16', '--min-semi-space-size=4'];

const { execPath, execArgv, argv, env } = process;
const young = youngSpaceMiB(env['ANT_WATCHER_MEMORY_LIMIT'], process.constrainedMemory());
const flags = [`--max-semi-space-size=${young}`, '--min-semi-space-size=4'];

if (flags.every((flag) => execArgv.includes(flag)) && env['MALLOC_ARENA_MAX'] !== undefined) {
  const { main } = await import('./main.ts');
  await main();
} else await becomeMain();

async function becomeMain(): Promise<never> {
  if (process.execve === undefined) {
    process.stderr.write(
      `ant-watcher: Node.js ${process.version} is too old. bin/ant-watcher finds another, or says what to do.\n`,
    );
    return process.exit(1);
  }
  const { fileURLToPath } = await import('node:url');
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  // The last of a kind counts: what a user chose.
  const chosen = execArgv.filter((flag) => !GUESSED.includes(flag));
  return process.execve(execPath, [execPath, ...flags, ...chosen, main, ...argv.slice(2)], {
    // Threads share what malloc keeps: less memory for a little CPU (docs/performance.md).
    MALLOC_ARENA_MAX: '2',
    // Compiled code is kept for the next start. Where this can't be written, nothing is.
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)),
    ...env,
  });
}
