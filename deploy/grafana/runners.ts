import { DOMAIN } from '../../src/domain/catalogue.ts';
import { DEFINITIONS } from '../../src/domain/definitions.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import { type Section, toPage } from './board.ts';
import { coloured, redFrom, STATUSES } from './colours.ts';
import { barGauge, lines, stat, table } from './panels.ts';
import { age, present, share, speed } from './promql.ts';

const GROUP = ['owner', 'runner_group'];
const ONLINE = { status: 'online' };
const NOT_READ = 'Not read: needs a token or App that may list runners';

/** Self-hosted runners: how many there are, and whether they are enough. */
export function runnersSection(): Section {
  return {
    title: 'Self-hosted runners (the filters above do not apply, but to machines in use)',
    lines: [
      { height: 4, panels: [online(), busy(), saturation(), offline()] },
      { height: 8, panels: [overTime(), saturationByGroup(), lastIdle()] },
      { height: 8, panels: [machinesInUse(), byLabel()] },
    ],
  };
}

function online() {
  const words = { title: 'Online', about: DEFINITIONS.online.text, unit: 'short', empty: NOT_READ };
  return stat(words, present(DOMAIN.runners, [], ONLINE));
}

function busy() {
  const words = { title: 'Busy', about: DEFINITIONS.busy.text, unit: 'short', empty: NOT_READ };
  return stat(words, present(DOMAIN.runners, [], { ...ONLINE, busy: 'true' }));
}

function offline() {
  const words = { title: 'Offline', about: DEFINITIONS.offline.text, unit: 'short', empty: NOT_READ };
  return stat(words, present(DOMAIN.runners, [], { status: 'offline' }));
}

function saturation() {
  return stat(saturationWords('Saturation'), saturationOf([]));
}

function saturationByGroup() {
  const words = { ...saturationWords('Saturation by group'), links: [toPage('/runners', 'runner_group')] };
  const legend = '{{owner}} {{runner_group}}';
  return lines(words, [{ expr: saturationOf(GROUP), legend }], { interval: '1m' });
}

function saturationWords(title: string) {
  return {
    title,
    about: DEFINITIONS.saturation.text,
    unit: 'percentunit',
    decimals: 0,
    empty: NOT_READ,
    thresholds: redFrom(THRESHOLDS.saturation),
  };
}

function saturationOf(by: readonly string[]): string {
  const busyOnes = present(DOMAIN.runners, by, { ...ONLINE, busy: 'true' });
  return share(busyOnes, present(DOMAIN.runners, by, ONLINE));
}

function overTime() {
  const words = {
    title: 'Runners',
    about: DOMAIN.runners.help.replaceAll('`', ''),
    unit: 'short',
    empty: NOT_READ,
    overrides: coloured(STATUSES),
  };
  const of = (legend: string, matchers: Readonly<Record<string, string>>) => ({
    expr: present(DOMAIN.runners, [], matchers),
    legend,
  });
  return lines(
    words,
    [
      of('busy', { ...ONLINE, busy: 'true' }),
      of('idle', { ...ONLINE, busy: 'false' }),
      of('offline', { status: 'offline' }),
    ],
    { interval: '1m', stacked: true },
  );
}

function lastIdle() {
  const words = {
    title: 'No free runner for',
    about: `${DEFINITIONS.last_idle.text} Shown: how long ago.`,
    unit: 's',
    empty: NOT_READ,
    thresholds: redFrom(THRESHOLDS.noFreeRunnerSeconds),
    links: [toPage('/runners', 'runner_group')],
  };
  return barGauge(words, {
    expr: age(DOMAIN.runnerGroupLastIdle, 'max', GROUP),
    legend: '{{owner}} {{runner_group}}',
  });
}

/** Seconds of work per second are runners at work. A job adds its time when it ends. */
function machinesInUse() {
  const words = {
    title: 'Machines in use, by runner labels',
    about:
      'Time that runners spent on jobs, per second: so many worked all the time. A job adds its time when it ends, so long jobs make peaks: look at an hour or more.',
    unit: 'short',
    links: [toPage('/capacity', 'runs_on')],
  };
  const query = { expr: speed(DOMAIN.runnerBusy, ['runs_on']), legend: '{{runs_on}}' };
  return lines(words, [query], { interval: '1h', stacked: true });
}

function byLabel() {
  const labels = ['owner', 'label'];
  const of = (matchers: Readonly<Record<string, string>>) => present(DOMAIN.runnersByLabel, labels, matchers);
  return table(
    {
      title: 'Runners by label',
      about: DOMAIN.runnersByLabel.help.replaceAll('`', ''),
      empty: 'Off: metrics.runner_labels',
    },
    labels,
    [
      { name: 'Online', expr: of(ONLINE), unit: 'short' },
      { name: 'Busy', expr: of({ ...ONLINE, busy: 'true' }), unit: 'short' },
      { name: 'Offline', expr: of({ status: 'offline' }), unit: 'short' },
    ],
  );
}
