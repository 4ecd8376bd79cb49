import { spawnSync } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** On top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a program to its end and returns its standard output. Throws what it says when it fails or is missing. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  if (error !== undefined) throw new Error(`${program} can't be run: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed:\n${stdout}${stderr}`.trim());
  return stdout;
}
