import type { TestContext } from 'node:test';
import { openSimulatedGitHub, type SimulatedGitHub } from '../simulator/rest/simulated-github.ts';
import type { World } from '../simulator/world.ts';

/*
 * A simulated GitHub whose world is past, and the settings of a service that asks it with a token.
 */

const TOKEN = 'ghp_ofTheTest';

export interface AskedGitHub {
  readonly github: SimulatedGitHub;
  /** Of a request to it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the service: these settings, and how it logs in. */
  environment(settings: Readonly<Record<string, string>>): Record<string, string>;
}

/** Its clock stands still at the end of the world. It is closed after the test. */
export async function openAskedGitHub(context: TestContext, world: World): Promise<AskedGitHub> {
  const github = await openSimulatedGitHub({
    ...{ world, clock: () => world.endMs, hereClock: Date.now, personalTokens: [TOKEN] },
  });
  context.after(() => github[Symbol.asyncDispose]());
  return {
    github,
    headers: { authorization: `Bearer ${TOKEN}` },
    environment: (settings) => ({
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: TOKEN,
      ...settings,
    }),
  };
}
