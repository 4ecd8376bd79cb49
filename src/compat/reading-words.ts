import { DOMAIN, metricNamed } from '../domain/catalogue.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { repositoryWords, type Words } from './words.ts';

/** The words of a reading of one of our gauges. */
export function wordsOfReading({ metric, labels }: GaugeReading, patterns: LabelPatterns): Words {
  const names = metricNamed(metric)?.labels ?? [];
  const folded = foldedLabels(patterns, names, labels);
  const of = (name: string) => folded[names.indexOf(name)] ?? '';
  return {
    ...repositoryWords(of('repository')),
    workflow: of('workflow'),
    runsOn: of('runs_on'),
    firstLabel: of('runs_on').split(',', 1)[0] ?? '',
    runnerGroup: of('runner_group'),
    status: of('status'),
    busy: of('busy'),
    runnersOwner: metric === DOMAIN.runners.name ? of('owner') : '',
  };
}
