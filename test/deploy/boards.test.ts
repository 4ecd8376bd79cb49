import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { FILTERS as PAGE_FILTERS } from '../../dashboard/state/address.ts';
import { DASHBOARDS } from '../../deploy/grafana/boards.ts';
import type { DashboardJson } from '../../deploy/grafana/dashboard-json.ts';
import { METRICS } from '../../src/domain/catalogue.ts';
import { peerPath } from '../peers.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { filledIn, isPanel, TARGETS } from './board-targets.ts';

/*
 * What a machine can see of a board without Grafana: that its JSON is sound, as the rules of grafana/dashboard-linter
 * want it, and that its queries name what exists.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'deploy', 'grafana', 'dashboards');
/** Grafana's names of the units that we use. */
const UNITS = new Set(['s', 'short', 'percentunit', 'currencyUSD', 'bytes']);
const OF_GRAFANA = new Set([
  '__all',
  '__range',
  '__rate_interval',
  '__interval',
  '__from',
  '__to',
  '__field',
  '__data',
]);
/** Of every scrape, and of buckets. */
const ANYWHERE = ['job', 'instance', 'le', 'vmrange'];
const WINDOWS = { range: '24h', rateInterval: '20m', interval: '15m' };

const boards = [...DASHBOARDS.values()];
const faultsOf = (find: (board: DashboardJson) => readonly string[]): string[] =>
  boards.flatMap((board) => find(board).map((fault) => `${board.uid}: ${fault}`));

test('the folder has a file for each board, named like its uid, which Grafana accepts', () => {
  assert.deepEqual(readdirSync(FOLDER).sort(), [...DASHBOARDS.keys()].sort());
  assert.deepEqual(
    [...DASHBOARDS.keys()],
    boards.map(({ uid }) => `${uid}.json`),
  );
  assert.equal(new Set(boards.map(({ title }) => title)).size, boards.length);
  assert.deepEqual(
    boards.filter(({ uid }) => uid.length > 40 || !/^[\w-]+$/.test(uid)),
    [],
  );
});

test('boards work however they are imported: the data source is a variable, and nothing is left to fill in', () => {
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    assert.doesNotMatch(text, /__inputs|__requires|__elements|\$\{DS_|\$\{VAR_|"id": null/, file);
    const sources = Array.from(text.matchAll(/"type": "prometheus",\s*"uid": "([^"]*)"/g), ([, uid]) => uid);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's.
    assert.deepEqual([...new Set(sources)], ['${datasource}'], file);
  }
});

test('panels have their own id, do not overlap, and fill the width of the board', () => {
  const faults = faultsOf(({ panels }) => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    const height = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    return [
      ...(new Set(panels.map(({ id }) => id)).size === panels.length ? [] : ['ids']),
      ...(new Set(cells).size === cells.length ? [] : ['overlap']),
      ...(cells.length === 24 * height ? [] : ['gaps']),
      ...panels.filter(({ gridPos: { x, w } }) => x + w > 24).map(({ title }) => title),
    ];
  });
  assert.deepEqual(faults, []);
});

test('every panel says what it shows, in which unit, and why it may be empty', () => {
  const faults = faultsOf(({ panels }) =>
    panels
      .filter(isPanel)
      .flatMap(({ title, description, targets, fieldConfig: { defaults, overrides } }) => {
        const units = overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'unit');
        const isSaid = [title, description, defaults.noValue].every((text) => text.trim() !== '');
        const areKnown = [defaults.unit, ...units.map(({ value }) => value)].every((unit) =>
          UNITS.has(String(unit)),
        );
        const refIds = new Set(targets.map(({ refId }) => refId));
        return isSaid &&
          areKnown &&
          !description.includes('`') &&
          targets.length > 0 &&
          refIds.size === targets.length
          ? []
          : [title];
      }),
  );
  assert.deepEqual(faults, []);
});

test('every variable is used, and only variables that exist', () => {
  const faults = faultsOf((board) => {
    const text = JSON.stringify(board);
    const defined = board.templating.list.map(({ name }) => name);
    const used = Array.from(text.matchAll(/\$\{?(\w+)/g), ([, name = '']) => name);
    // A filter on labels is used by all queries, by itself.
    const unused = defined.filter((name) => name !== 'labels' && !used.includes(name));
    return [
      ...unused,
      ...used.filter((name) => !defined.includes(name) && !OF_GRAFANA.has(name) && !/^\d/.test(name)),
    ];
  });
  assert.deepEqual(faults, []);
});

test('links lead to other boards, and to views and filters of the page', () => {
  const registry = readFileSync(join(ROOT, 'dashboard', 'views', 'registry.ts'), 'utf8');
  const views = Array.from(registry.matchAll(/path: '([^']+)'/g), ([, path = '']) => path);
  const tags = new Set(boards.flatMap(({ tags }) => tags));
  for (const { uid, links, panels } of boards) {
    for (const link of links.filter(({ type }) => type === 'dashboards'))
      assert.ok(link.tags.length > 0 && link.tags.every((tag) => tags.has(tag)), uid);
    const urls = [
      ...links.map(({ url }) => url),
      ...panels
        .filter(isPanel)
        .flatMap(({ fieldConfig }) => fieldConfig.defaults.links?.map(({ url }) => url) ?? []),
    ].filter((url) => url !== '');
    for (const url of urls) {
      const { pathname, searchParams } = new URL(url.replace(/^\$\{page\}/, 'http://page'));
      assert.ok(views.includes(pathname), `${uid}: ${url}`);
      const filters = [...searchParams.keys()].filter((name) => name !== 'from' && name !== 'to');
      assert.deepEqual(
        filters.filter((name) => !PAGE_FILTERS.some((each) => each === name)),
        [],
        url,
      );
    }
  }
});

test('every legend and link names a label that the query keeps', () => {
  const faults = TARGETS.filter(({ target: { expr, legendFormat }, panel }) => {
    const links = JSON.stringify(panel.fieldConfig.defaults.links ?? []);
    const named = Array.from(
      `${legendFormat} ${links}`.matchAll(/\{\{(\w+)\}\}|labels\.(\w+)|fields\[\\+"(\w+)/g),
    ).map(([, ...names]) => names.find((name) => name !== undefined) ?? '');
    const kept = Array.from(expr.matchAll(/by \(([^)]*)\)/g), ([, list = '']) => list.split(', ')).flat();
    const isWhole = !/\b(sum|max|min|count)\b( by)? ?\(/.test(expr);
    // The buckets of VictoriaMetrics become those of Prometheus.
    if (expr.startsWith('prometheus_buckets(')) kept.push('le');
    return named.some((label) => !isWhole && !kept.includes(label));
  });
  assert.deepEqual(
    faults.map(({ name }) => name),
    [],
  );
});

test('queries name only metrics and labels of the catalogue', () => {
  const faults = TARGETS.flatMap(({ target: { expr }, name }) => {
    const metrics = Array.from(
      expr.matchAll(/\b((?:github_actions|ant_watcher|process|nodejs)_\w+)(\{[^}]*\})?/g),
    );
    const known = metrics.map(([, sample = '', selector = '']) => {
      const metric = METRICS.find(
        (each) => sample.replace(/(_bucket|_sum|_count)$/, '') === each.name || sample === each.name,
      );
      const labels = Array.from(selector.matchAll(/(\w+)(?:=~|!=|=)"/g), ([, label = '']) => label);
      const unknown = labels.filter((label) => !metric?.labels.includes(label));
      return { labels: metric?.labels ?? [], faults: metric === undefined ? [sample] : unknown };
    });
    const all = known.flatMap(({ labels }) => labels);
    const grouped = Array.from(expr.matchAll(/(?:by|on) \(([^)]*)\)/g), ([, list = '']) =>
      list.split(', '),
    ).flat();
    const strange = grouped.filter((label) => ![...all, ...ANYWHERE].includes(label));
    const wrong = [...known.flatMap((each) => each.faults), ...strange];
    return metrics.length === 0 || wrong.length > 0 ? [`${name}: ${wrong.join()}`] : [];
  });
  assert.deepEqual(faults, []);
});

test('windows follow the step or the range of the board, and counters are never shown raw', () => {
  const faults = TARGETS.filter(({ target: { expr, instant } }) => {
    const windows = Array.from(expr.matchAll(/\[([^\]]*)\]/g), ([, window = '']) => window);
    const allowed = instant ? ['$__range'] : ['$__rate_interval', '$__interval'];
    const counters = Array.from(expr.matchAll(/(\w+)\(?\b\w+_total\b/g));
    return (
      windows.some((window) => !allowed.includes(window)) || (counters.length > 0 && windows.length === 0)
    );
  });
  assert.deepEqual(
    faults.map(({ name }) => name),
    [],
  );
});

test('Prometheus understands every query that is not for VictoriaMetrics alone', () => {
  const queries = TARGETS.filter(({ isPromql }) => isPromql);
  const rules = queries.map(({ target }, index) => ({
    record: `board:query:${index}`,
    expr: filledIn(target.expr, WINDOWS),
  }));
  using folder = openTemporaryFolder({});
  const file = join(folder.path, 'rules.yml');
  writeFileSync(file, stringify({ groups: [{ name: 'boards', rules }] }));
  const { status, stdout, stderr } = spawnSync(peerPath('promtool'), ['check', 'rules', file], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, new RegExp(`SUCCESS: ${rules.length} rules found`));
});

test('only the boards of event samples have queries for VictoriaMetrics alone', () => {
  const others = TARGETS.filter(({ board, isPromql }) => !isPromql && !board.endsWith('-events'));
  assert.deepEqual(
    others.map(({ name }) => name),
    [],
  );
});
