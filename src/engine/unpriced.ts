import { DOMAIN } from '../domain/catalogue.ts';
import type { Logger } from '../domain/contracts.ts';
import { foldedLabels, type LabelPatterns } from '../domain/label-patterns.ts';
import type { Measure } from '../domain/measure.ts';
import { SparingLog } from '../logger/sparing-log.ts';

/** The same measure, which warns once when it meets a runner without a price: a cost of 0 would look like a free one. */
export function warnOfUnpriced(measure: Measure, logger: Logger, labelPatterns?: LabelPatterns): Measure {
  const notice = new SparingLog((fields) => logger.warn('runner_unpriced', fields), null);
  return (fact) => {
    const increments = measure(fact);
    const metric = DOMAIN.unpriced.name;
    const unpriced = increments.find((each) => each.metric === metric);
    if (unpriced !== undefined) {
      const [repository, workflow, runsOn = ''] = foldedLabels(
        labelPatterns,
        DOMAIN.unpriced.labels,
        unpriced.labels,
      );
      notice.log({ repository, workflow, runsOn, metric, hint: hintFor(runsOn) });
    }
    return increments;
  };
}

function hintFor(runsOn: string): string {
  const target = runsOn === 'none' ? 'group:NAME' : (runsOn.split(',')[0] ?? 'LABEL');
  return `name its price in prices.rules: "${target}=linux_8_core" for a larger runner, "${target}=self_hosted:0" for one of your own`;
}
