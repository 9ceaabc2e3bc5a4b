/** Health: is anything wrong with Parkway itself. */
import { ApiFailure, ask } from './api.js';
import { loadFailure } from './call-parts.js';
import { bytes, clock, duration, moment, number, running, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/status.js').Status} Status */

const REFRESH_MS = 5_000;
/** Milliseconds that work may wait before callers would notice. */
const SLOW_MS = 100;
/** @type {readonly string[]} */
const REASONS = ['peer', 'handshake', 'flood', 'excess'];

/** @param {import('./view.js').ViewContext} context @returns {import('./view.js').View} */
export function healthView({ live, redraw }) {
  /** @type {Status | undefined} */
  let status;
  /** @type {ApiFailure | undefined} */
  let failure;

  async function load() {
    try {
      status = /** @type {Status} */ (await ask('status'));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (status === undefined) failure = error;
    }
    redraw();
  }

  const refreshing = setInterval(() => void load(), REFRESH_MS);
  void load();

  return {
    title: () => t('health'),
    template() {
      if (failure !== undefined) return loadFailure(failure.message, () => void load());
      if (status === undefined) return html`<p class="empty">${t('loading')}</p>`;
      return html`
        <h1 class="visually-hidden">${t('health')}</h1>
        <section class="cards">${cards(status, live.now())}</section>
        ${troubles(status)}
        <p class="note machine">
          ${t('machine')}: <a href="metrics">/metrics</a> <a href="api/v1/openapi.json">OpenAPI</a>
          <a href="healthz">/healthz</a>
          <a href="readyz">/readyz</a>
        </p>
      `;
    },
    close() {
      clearInterval(refreshing);
    },
  };
}

/** @param {Status} status @param {number} now */
function cards({ store, eventLoop, memory, refused, history, startedAt, runtime, version }, now) {
  const loaded = store.loadedAt === null ? '–' : moment(store.loadedAt);
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const guarded = store.redis?.guarded ?? [];
  const storeTone = !store.isUp || guarded.length > 0 ? 'bad' : store.refusedDocuments > 0 ? 'warn' : 'good';
  const share = { style: /** @type {const} */ ('percent') };
  return html`
    ${card(
      t('store'),
      storeTone,
      t(store.isUp ? 'storeUp' : 'storeDown'),
      html`${t('storeAge', { version: store.version, time: loaded })}<br />
        ${
          store.refusedDocuments === 0
            ? nothing
            : html`<a href="#/dialplan">${t('storeRefused', { count: store.refusedDocuments })}</a><br />`
        }
        ${guarded.length === 0 ? nothing : html`<span class="bad-text">${t('storeGuarded', { domains: guarded.join(', ') })}</span><br />`}
        ${store.isStale ? html`<span class="bad-text">${t('storeStale')}</span><br />` : nothing}
        ${store.error === null ? nothing : html`<span class="bad-text">${store.error}</span><br />`}
        <code>${store.location}</code>`,
    )}
    ${card(
      t('eventLoop'),
      eventLoop.p99 > SLOW_MS ? 'warn' : 'good',
      duration(eventLoop.p50),
      t('eventLoopText', {
        p99: duration(eventLoop.p99),
        highest: duration(eventLoop.highest),
        busy: number(eventLoop.utilization, share),
      }),
    )}
    ${card(
      t('memory'),
      '',
      bytes(memory.rss),
      html`${t('memoryText', { heap: bytes(memory.heapUsed), history: bytes(history.bytes), count: history.remembered })}
      ${history.withoutDetails === 0 ? nothing : html`<br />${t('withoutDetails', { count: history.withoutDetails })}`}`,
    )}
    ${card(
      t('refusedConnections'),
      refusals === 0 ? 'good' : 'warn',
      number(refusals),
      refusals === 0
        ? t('refusedNone')
        : html`${t('refusedSum')}<br />
            ${Object.entries(refused).map(([reason, count]) => html`${reasonText(reason)}: ${number(count)}<br />`)}`,
    )}
    ${card(
      t('uptime'),
      '',
      running(now - startedAt),
      t('uptimeText', { version, host: runtime.host, node: runtime.node, pcre2: runtime.pcre2 }),
    )}
  `;
}

/** @param {string} reason */
function reasonText(reason) {
  return REASONS.includes(reason) ? t(/** @type {import('./language.js').Word} */ (`reason_${reason}`)) : reason;
}

/** @param {string} title @param {string} tone @param {unknown} value @param {unknown} text */
function card(title, tone, value, text) {
  return html`<div class="panel card ${tone}">
    <h2>
      ${title} ${tone === '' ? nothing : html`<span class="dot" aria-hidden="true"></span>`}
      ${tone === 'good' ? html`<span class="visually-hidden">${t('good')}</span>` : nothing}
    </h2>
    <p class="card-value">${value}</p>
    <p class="note">${text}</p>
  </div>`;
}

/** @param {Status} status */
function troubles({ troubles: list }) {
  return html`<section class="panel">
    <h2>${t('troubles')}</h2>
    ${
      list.length === 0
        ? html`<p class="note good-text">${t('troublesNone')}</p>`
        : html`<ul class="troubles">
            ${list.map(
              ({ at, level, message }) =>
                html`<li>
                  <time datetime=${new Date(at).toISOString()} title=${moment(at)}>${clock(at)}</time>
                  <span class="chip ${level === 'error' ? 'bad' : 'warn'}">${t(level)}</span>
                  <span class="message" lang="en">${message}</span>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}
