import type { Difference } from './differences.ts';

/*
 * How another exporter is configured, as tables: one file for each beside this one.
 */

/** What one of its settings becomes. */
export type Becomes =
  /** A setting of ours; `convert` returns our text, or null if there is none for that value. */
  | { readonly setting: string; readonly convert?: (text: string) => string | null }
  /** A secret of ours; `fileIn` returns the file that the value names, or null if the value is the secret. */
  | { readonly secret: string; readonly fileIn?: (text: string) => string | null }
  /** `HOST:PORT` to listen on. */
  | { readonly listener: 'webhook' | 'api' }
  /** Nothing: why, as a part of a sentence. Of no interest where it is switched off. */
  | { readonly nothing: string };

export interface OldSetting {
  /** Its variable, its `--flag` and its key in the values of the chart, as far as it has them. */
  readonly names: readonly string[];
  readonly becomes: Becomes;
}

/** A secret that the chart gives to the program although no value names it. */
export interface ChartSecret {
  readonly variable: string;
  /** Where the values name the Secret, and what it is called otherwise; null: after the release. */
  readonly secretAt: string;
  readonly secret: string | null;
  readonly keyAt?: string;
  readonly key: string;
  /** Only where that value is this one, which it may be by default; null: where it is set. */
  readonly when: { readonly path: string; readonly is: string | null; readonly byDefault?: string };
  /** The Secret may be without the key. */
  readonly isOptional?: boolean;
}

export interface OldExporter {
  readonly title: string;
  /** Payload paths that it takes if it is not configured otherwise. */
  readonly hookPath: string;
  /** The ports that it listens on if it is not configured otherwise, by our settings. */
  readonly ports: Readonly<Record<string, string>>;
  readonly settings: readonly OldSetting[];
  /** How all of its variables begin: those of a shell that it does not know are named. */
  readonly prefix?: string;
  /** A chart for several programs has this key, and only these keys at the top are for the exporter. */
  readonly shared?: { readonly chartWith: string; readonly own: RegExp };
  readonly chartSecrets: readonly ChartSecret[];
  readonly differences: readonly Difference[];
}

/** The level of the log, for a setting of ours. */
export const LOG_LEVELS = (text: string): string | null => {
  const level = text.toLowerCase();
  return ['debug', 'info', 'warn', 'error'].includes(level) ? level : null;
};

/** The path of a file, such as no secret is written like: absolute, or from `./`. */
export function pathIn(text: string): string | null {
  return /^\.{0,2}\/[\w./@-]{1,250}$/.test(text) ? text : null;
}
