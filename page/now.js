/** Now: counters, the last hour, the calls in progress. */
import { ask } from './api.js';
import { CallList } from './call-list.js';
import { Chart } from './chart.js';
import { duration, number, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').Activity} Activity */

const REFRESH_MS = 10_000;
const SECOND_MS = 1000;

/** @param {import('./view.js').ViewContext} context @returns {import('./view.js').View} */
export function nowView({ live, redraw }) {
  const list = new CallList(live, redraw);
  const calls = new Chart(
    () => t('callsPerMinute'),
    () => [{ label: '', colour: '--accent', filled: true }],
  );
  const decisions = new Chart(
    () => t('timeToDecide'),
    () => [
      { label: t('half'), colour: '--accent' },
      { label: t('ninetyNine'), colour: '--warn' },
    ],
  );
  /** @type {Activity | undefined} */
  let activity;

  async function refreshActivity() {
    try {
      activity = /** @type {Activity} */ (await ask('activity'));
      drawCharts();
      redraw();
    } catch {
      // The banner says that the server is gone; the next try is soon.
    }
  }

  function drawCharts() {
    if (activity === undefined) return;
    const { points, stepMs } = activity;
    const times = points.map(({ at }) => (at + stepMs) / SECOND_MS);
    calls.update([times, perMinute(points, stepMs)]);
    decisions.update([times, points.map(({ p50 }) => p50), points.map(({ p99 }) => p99)]);
  }

  const endChanges = live.onChange(() => {
    list.refresh();
    redraw();
  });
  const ticking = setInterval(redraw, SECOND_MS);
  const refreshing = setInterval(() => void refreshActivity(), REFRESH_MS);
  window.addEventListener('scroll', redraw, { passive: true });
  window.addEventListener('resize', redraw);
  void refreshActivity();

  return {
    title: () => t('now'),
    template: () => html`
      <h1 class="visually-hidden">${t('now')}</h1>
      <section class="counters" aria-label=${t('inProgress')}>
        ${counter(t('inProgress'), number(live.counters.live), t('sinceStart', { count: live.counters.arrivals }), 'main')}
        ${activity === undefined ? nothing : counters(activity)}
      </section>
      <section class="charts">${calls.element}${decisions.element}</section>
      <section class="panel">${list.template()}</section>
    `,
    afterRender: () => {
      list.afterRender();
    },
    onLanguage: drawCharts,
    close() {
      endChanges();
      clearInterval(ticking);
      clearInterval(refreshing);
      window.removeEventListener('scroll', redraw);
      window.removeEventListener('resize', redraw);
      calls.close();
      decisions.close();
    },
  };
}

/** @param {Activity} activity */
function counters({ points, stepMs }) {
  const sum = (/** @type {'noRoute' | 'failed'} */ what) => points.reduce((total, point) => total + point[what], 0);
  const decided = points.findLast(({ p50 }) => p50 !== null);
  const noRoute = sum('noRoute');
  const failed = sum('failed');
  return html`
    ${counter(t('lastMinute'), number(perMinute(points, stepMs).at(-1) ?? 0))}
    ${counter(t('noRouteHour'), found(noRoute, 'noRoute'), '', noRoute > 0 ? 'warn' : '')}
    ${counter(t('failedHour'), found(failed, 'failed'), '', failed > 0 ? 'bad' : '')}
    ${
      decided === undefined
        ? nothing
        : counter(t('decisionNow'), duration(decided.p50 ?? 0), t('p99', { time: duration(decided.p99 ?? 0) }))
    }
  `;
}

/** A number of calls that leads to them. @param {number} count @param {'noRoute' | 'failed'} outcome */
function found(count, outcome) {
  return count === 0 ? number(count) : html`<a href=${`#/history?outcome=${outcome}`}>${number(count)}</a>`;
}

/** @param {string} label @param {unknown} value @param {string} [note] @param {string} [tone] */
function counter(label, value, note = '', tone = '') {
  return html`<div class="counter ${tone}">
    <span class="counter-label">${label}</span>
    <span class="counter-value">${value}</span>
    <span class="counter-note">${note}</span>
  </div>`;
}

/** Calls within the minute that ends with each point. @param {Activity['points']} points @param {number} stepMs */
function perMinute(points, stepMs) {
  const steps = Math.round(60_000 / stepMs);
  let sum = 0;
  return points.map((point, index) => {
    sum += point.calls - (points[index - steps]?.calls ?? 0);
    return sum;
  });
}
