import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { rowToPage, type Section } from './board.ts';
import { CONCLUSIONS, coloured } from './colours.ts';
import { barGauge, bars, table } from './panels.ts';
import { counted, growth, percentile, top } from './promql.ts';

/** What reaches its environment, and what has to be done twice. */
export function repetitionSection(): Section {
  return { title: 'Deployments, re-runs, flaky jobs', lines: [deploymentLine(), repetitionLine()] };
}

function deploymentLine() {
  const byState = {
    title: 'Deployments by state',
    about: `${DEFINITIONS.deployments.text} Needs the webhook event deployment_status.`,
    unit: 'short',
    overrides: coloured(CONCLUSIONS),
  };
  const toEnvironment = {
    title: 'From the run to the environment, p95',
    about: `${DEFINITIONS.from_run.text} Interpolated inside a bucket of the histogram.`,
    unit: 's',
  };
  const approval = {
    title: 'Approval of deployments, p95',
    about: `${DOMAIN.deploymentApproval.help} Interpolated inside a bucket of the histogram.`,
    unit: 's',
  };
  const by = ['environment'];
  const [arrival, approved] = [DOMAIN.runToEnvironment, DOMAIN.deploymentApproval].map((metric) => ({
    expr: percentile(0.95, metric, by, { window: 'range' }),
    legend: '{{environment}}',
  }));
  return {
    height: 8,
    panels: [
      bars(byState, [{ expr: growth(DOMAIN.deployments, ['state']), legend: '{{state}}' }]),
      barGauge(toEnvironment, arrival ?? { expr: '' }),
      barGauge(approval, approved ?? { expr: '' }),
    ],
  };
}

function repetitionLine() {
  const reruns = {
    title: 'Re-runs by kind',
    about: `${DEFINITIONS.reruns.text} ${DEFINITIONS.rerun_kind.text}`,
    unit: 'short',
  };
  const flaky = {
    title: 'Flaky jobs',
    about: DEFINITIONS.flaky.text,
    empty: 'No flaky job in this time',
    links: [rowToPage('/jobs', 'repository', 'workflow', 'job_name')],
  };
  const labels = ['repository', 'workflow', 'job_name'];
  return {
    height: 8,
    panels: [
      bars(reruns, [{ expr: growth(DOMAIN.reruns, ['kind']), legend: '{{kind}}' }]),
      table(flaky, labels, [
        { name: 'Flaky', expr: `${top(10, counted(DOMAIN.flakyJobs, labels))} > 0`, unit: 'short' },
      ]),
    ],
  };
}
