import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import parsePrometheusTextFormat, { type MetricFamily } from 'parse-prometheus-text-format';
import { parse } from 'yaml';
import { LabelValues } from '../../src/metrics/label-values.js';
import { TestDaemon } from '../support/test-daemon.js';

const EXTENSIONS = {
  log: { continue: true, condition: { action: { application: 'log', data: 'INFO call' } } },
  call: {
    condition: {
      field: 'destination_number',
      expression: '^(\\d{4})$',
      action: [
        { application: 'bridge', data: 'user/$1' },
        { application: '${caller_id_name}', data: '' },
      ],
    },
  },
  strange: { condition: { field: 'destination_number', expression: '^x', action: { application: 'made_up' } } },
};

let daemon: TestDaemon;
let families: Map<string, MetricFamily>;
let text: string;

beforeAll(async () => {
  daemon = await TestDaemon.start({ extensions: EXTENSIONS, settings: { 'supervisor.listen': '127.0.0.1:0' } });
  await daemon.play({ calls: 3 });
  await daemon.play({ headers: { 'Caller-Destination-Number': 'x' } });
  await daemon.play({ path: 'made-up-by-a-caller' });
  const response = await fetch(`${daemon.origin}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  text = await response.text();
  families = new Map(parsePrometheusTextFormat(text).map((family) => [family.name, family]));
});
afterAll(async () => {
  await daemon.stop();
});

function samples(name: string): Record<string, number> {
  const found = families.get(name)?.metrics ?? [];
  return Object.fromEntries(found.map(({ labels = {}, value }) => [Object.values(labels).join(' '), Number(value)]));
}

describe('/metrics', () => {
  test('calls by context and outcome, and those in progress', () => {
    expect(Object.values(samples('parkway_calls_total')).reduce((one, other) => one + other)).toBe(5);
    expect(samples('parkway_calls_active')).toEqual({ '': 0 });
  });

  test('a context a caller made up is no label', () => {
    expect(text).not.toContain('made-up-by-a-caller');
    expect(samples('parkway_calls_total')).toMatchObject({ 'none noRoute': 1 });
  });

  test('an application FreeSWITCH does not have is counted as other', () => {
    expect(text).not.toContain('made_up');
    expect(text).toContain('\nparkway_application_seconds_count{application="bridge"} 3\n');
    expect(text).toContain('\nparkway_application_seconds_count{application="log"} 4\n');
  });

  test('matches and causes', () => {
    expect(samples('parkway_extension_matches_total')).toEqual({
      'default log': 4,
      'default call': 3,
      'default strange': 1,
    });
    expect(samples('parkway_hangups_total')).toMatchObject({ NO_ROUTE_DESTINATION: 1 });
    expect(text).toContain('\nparkway_decision_seconds_count 5\n');
  });

  test('the store', () => {
    expect(samples('parkway_store_up')).toEqual({ '': 1 });
    expect(samples('parkway_store_reloads_total')).toEqual({ '': 1 });
    expect(samples('parkway_store_refused_documents')).toEqual({ '': 0 });
    expect(samples('parkway_store_age_seconds')['']).toBeLessThan(600);
  });

  test('every metric has help and a type, and the defaults are there', () => {
    for (const family of families.values()) expect([family.name, family.help === '']).toEqual([family.name, false]);
    expect(families.get('nodejs_eventloop_lag_p99_seconds')?.type).toBe('GAUGE');
    expect(families.get('process_cpu_seconds_total')?.type).toBe('COUNTER');
  });

  test('names are as `promtool check metrics` wants them', () => {
    for (const { name, type } of families.values()) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'COUNTER']);
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect(name).not.toMatch(
        /_(count|sum|bucket|info_total|ms|msec|milliseconds|s|sec|minutes|kb|mb|counter|gauge|histogram)$/,
      );
    }
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const series = lines.map((line) => line.replace(/ \S+$/, ''));
    expect(new Set(series).size).toBe(series.length);
  });
});

describe('what the documentation names', () => {
  const METRIC = /\b(?:parkway|nodejs|process)_[a-z0-9_]+/g;

  function read(name: string): string {
    return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  }

  test.each(['grafana-dashboard.json', 'alerts.yaml', 'metrics.md'])('%s names only metrics there are', (name) => {
    const known = new Set(
      [...families.keys()].flatMap((family) => [family, `${family}_bucket`, `${family}_sum`, `${family}_count`]),
    );
    const named = new Set(read(name).match(METRIC));
    expect(named.size).toBeGreaterThan(6);
    expect([...named].filter((metric) => !known.has(metric) && metric !== 'nodejs_' && metric !== 'process_')).toEqual(
      [],
    );
  });

  test('every metric of Parkway is in metrics.md and on the dashboard', () => {
    const own = [...families.keys()].filter((name) => name.startsWith('parkway_'));
    for (const file of ['metrics.md', 'grafana-dashboard.json']) {
      expect(own.filter((name) => !read(file).includes(name))).toEqual([]);
    }
  });

  test('alerts have an expression, a severity and words for people', () => {
    const { groups } = parse(read('alerts.yaml')) as { groups: { rules: Record<string, unknown>[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Parkway\w+$/),
        expr: expect.any(String),
        labels: { severity: expect.stringMatching(/^(critical|warning)$/) },
        annotations: { summary: expect.any(String), description: expect.any(String) },
      });
    }
  });
});

describe('label values', () => {
  test('are so many and no more', () => {
    const values = new LabelValues(2);
    expect(['a', 'b', 'c', 'a', 'd'].map((value) => values.of(value))).toEqual(['a', 'b', 'other', 'a', 'other']);
  });
});
