import { createInterface } from 'node:readline';
import { AntError } from '../src/domain/errors.ts';
import type { CommandIo } from './command-line.ts';

/** The phrase to type. */
const WORD = 'count them';
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Makes sure that the user wants these deliveries in that service, which counts them permanently. At a
 * terminal it asks; elsewhere a service on this machine was named by the author of the command, and another
 * machine's needs `--yes`. Rejects with `usage` before anything is sent.
 */
export async function confirmTarget(
  command: string,
  { url, isSure }: { readonly url: URL; readonly isSure: boolean },
  { stdin, stderr }: CommandIo,
): Promise<void> {
  if (isSure) return;
  if (stdin?.isTTY) {
    const question = `${url.host} will count these deliveries permanently: they can't be removed from its numbers.\nType "${WORD}" to send them: `;
    if ((await ask(question, stdin, stderr)).trim() === WORD) return;
  } else if (LOOPBACK.test(url.hostname)) return;
  throw new AntError('usage', `${command}: nothing was sent to ${url.host}`, {
    hint: 'a service counts deliveries permanently; --yes confirms that you want that',
  });
}

/** The typed line; empty when the input ends. */
function ask(question: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  output.write(question);
  const lines = createInterface({ input });
  return new Promise<string>((resolve) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(''));
  }).finally(() => lines.close());
}
