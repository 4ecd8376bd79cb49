import type { Settings } from '../config/settings.ts';
import type { LogLevel } from '../logger/open-logger.ts';
import { engineOptions } from './engine-options.ts';
import type { EngineThread } from './engine-thread.ts';
import type { LiveRecovery } from './github-sync.ts';
import { type AppRules, appRules } from './rules.ts';
import type { Snapshots } from './snapshots.ts';

/** The parts that are told of other settings. */
export interface ChangingParts {
  readonly version: string;
  readonly limitBytes: number;
  readonly thread: Pick<EngineThread, 'configure'>;
  readonly recovery: Pick<LiveRecovery, 'prepare' | 'adopt'>;
  readonly snapshots: Pick<Snapshots, 'setInterval'>;
  readonly live: { rules: AppRules };
  readonly setLogLevel: (level: LogLevel) => void;
}

/** Puts settings in force. What may fail comes first, and then nothing has changed; last comes what only a bug can stop. */
export async function applySettings(next: Settings, parts: ChangingParts): Promise<void> {
  const rules = appRules(next);
  const engine = engineOptions(next, parts);
  const recovery = parts.recovery.prepare({ ...next, network: rules.network });
  await parts.thread.configure(engine, next.log.level);
  parts.live.rules = rules;
  parts.setLogLevel(next.log.level);
  parts.snapshots.setInterval(rules.snapshotIntervalMs);
  await parts.recovery.adopt(recovery);
}
