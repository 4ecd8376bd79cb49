import { listSettings } from '../src/config/settings.ts';

/*
 * The YAML and JSON blocks of the documents, and what each of them configures.
 */

export interface ConfigurationBlock {
  readonly path: string;
  readonly language: 'yaml' | 'json';
  readonly text: string;
}

/** What reads a block; `part` is a part of a scrape configuration, `other` is checked by tests of its own. */
export type Reader = 'ant-watcher' | 'labels' | 'prometheus' | 'part' | 'helm' | 'other';

const BLOCK = /^( *)```(yaml|json)\n([\s\S]*?)^ *```/gm;
/** Lines that begin blocks of other programs: a workflow, Grafana, Compose, Kubernetes. */
const OF_OTHERS = ['jobs', 'datasources', 'services', 'apiVersion', 'kind'];
const OF_PROMETHEUS = ['scrape_configs', 'rule_files', 'alerting', 'global', 'remote_write'];
const GROUPS = new Set(listSettings().map(({ name }) => name.split('.')[0] ?? name));
/** Whose values tests of the chart check. */
const HELM_PAGES = /^docs\/install-kubernetes\.md$|^deploy\/helm\//;

export function blocksIn(path: string, markdown: string): ConfigurationBlock[] {
  return Array.from(markdown.matchAll(BLOCK), ([, indent = '', language, text = '']) => ({
    path,
    language: language as 'yaml' | 'json',
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** Null: nobody knows what reads it. */
export function readerOf({ path, text }: ConfigurationBlock): Reader | null {
  if (HELM_PAGES.test(path)) return 'helm';
  if (/^ {4}/.test(text)) return 'part';
  if (/^# config\/teams\.yaml$/m.test(text)) return 'labels';
  const keys = Array.from(text.matchAll(/^([\w-]+):/gm), ([, key = '']) => key);
  if (keys.length === 0) return null;
  const isAny = (names: readonly string[]) => keys.some((key) => names.includes(key));
  if (isAny(OF_PROMETHEUS) || /^storage:\n {2}tsdb:/.test(text)) return 'prometheus';
  if (isAny(OF_OTHERS)) return 'other';
  return keys.every((key) => GROUPS.has(key)) ? 'ant-watcher' : null;
}
