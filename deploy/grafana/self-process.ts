import { SELF } from '../../src/domain/own-metrics.ts';
import { THRESHOLDS } from '../prometheus/thresholds.ts';
import type { Section } from './board.ts';
import { redFrom } from './colours.ts';
import { barGauge, lines, table, type Unplaced } from './panels.ts';
import { counted, ofOurs, present, select, top } from './promql.ts';
import { barsBy, lineBy, plain } from './self-panels.ts';

/** What the process needs of its machine. */
export function processSection(): Section {
  return {
    title: 'Process, memory, database',
    lines: [
      { height: 8, panels: [memory(), pauses(), cpu(), openFiles()] },
      {
        height: 8,
        panels: [
          series(),
          lineBy('Cached runs and jobs', SELF.memoryObjects, 'kind'),
          database(),
          logEvents(),
        ],
      },
      {
        height: 8,
        panels: [starts(), barsBy('Requests that the API refused', SELF.apiRefusals, 'reason'), evictions()],
      },
    ],
  };
}

function memory(): Unplaced {
  const words = { title: 'Memory', about: SELF.memoryLimit.help.replaceAll('`', ''), unit: 'bytes' };
  const used = { expr: ofOurs(select(SELF.residentMemory)), legend: 'used {{instance}}' };
  return lines(words, [used, { expr: select(SELF.memoryLimit), legend: 'limit {{instance}}' }], {
    interval: '1m',
  });
}

function pauses(): Unplaced {
  const words = {
    title: 'Longest pauses',
    about: `${SELF.eventLoopDelay.help} ${SELF.gcPauseMax.help}`,
    unit: 's',
  };
  return lines(
    words,
    [
      { expr: ofOurs(select(SELF.eventLoopDelay)), legend: 'event loop, {{thread}}' },
      { expr: ofOurs(select(SELF.gcPauseMax)), legend: 'garbage collection, {{thread}}' },
    ],
    { interval: '1m' },
  );
}

function cpu(): Unplaced {
  const words = { title: 'CPU', about: SELF.cpuSeconds.help, unit: 'percentunit' };
  const expr = ofOurs(`rate(${select(SELF.cpuSeconds)}[$__rate_interval])`);
  return lines(words, [{ expr, legend: '{{instance}}' }], { interval: '1m' });
}

function openFiles(): Unplaced {
  const words = {
    ...{ title: 'Open files, of those allowed', about: `${SELF.openFds.help} ${SELF.maxFds.help}` },
    ...{ unit: 'percentunit', thresholds: redFrom(THRESHOLDS.openFiles) },
  };
  const expr = ofOurs(`${select(SELF.openFds)} / ${select(SELF.maxFds)}`);
  return lines(words, [{ expr, legend: '{{instance}}' }], { interval: '1m' });
}

function series(): Unplaced {
  const words = { title: 'Metrics with most series', about: SELF.series.help, unit: 'short' };
  return barGauge(words, { expr: top(10, present(SELF.series, ['metric'])), legend: '{{metric}}' });
}

function database(): Unplaced {
  const words = {
    title: 'Database',
    about: `${SELF.storeBytes.help} ${SELF.storeLogBytes.help}`,
    unit: 'bytes',
  };
  return lines(
    words,
    [
      { expr: present(SELF.storeBytes), legend: 'data' },
      { expr: present(SELF.storeLogBytes), legend: 'log' },
    ],
    { interval: '1m' },
  );
}

function logEvents(): Unplaced {
  const words = {
    title: 'Warnings and errors',
    about: plain(SELF.logEvents),
    empty: 'Neither a warning nor an error',
  };
  const expr = `${top(10, counted(SELF.logEvents, ['level', 'code']))} > 0`;
  return table(words, ['level', 'code'], [{ name: 'How often', expr, unit: 'short' }]);
}

function starts(): Unplaced {
  const words = { title: 'Started', about: SELF.startTime.help, unit: 's' };
  const expr = ofOurs(`time() - ${select(SELF.startTime)}`);
  return lines(words, [{ expr, legend: 'runs for, {{instance}}' }], { interval: '1m' });
}

function evictions(): Unplaced {
  return barsBy('Evicted from memory, by reason', SELF.memoryEvictions, 'reason');
}
