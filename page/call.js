/** A call: what happened, why it went where it went, the channel's data. */
import { ApiFailure, ask } from './api.js';
import {
  callTitle,
  emptyState,
  loadFailure,
  marked,
  originText,
  outcomeText,
  parties,
  profileText,
  stateChip,
} from './call-parts.js';
import { decisionSteps } from './decision.js';
import { clock, dayAndTime, duration, running, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas.js').CallDetails} CallDetails */

const REFRESH_MS = 500;
const COPIED_MS = 2000;

/** @param {import('./view.js').ViewContext} context @param {string} key @returns {import('./view.js').View} */
export function callView({ live, redraw }, key) {
  /** @type {CallDetails | undefined} */
  let details;
  /** @type {ApiFailure | undefined} */
  let failure;
  let showsLog = false;
  let search = '';
  let isCopied = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let refreshing;

  async function load() {
    try {
      details = /** @type {CallDetails} */ (await ask(`calls/${encodeURIComponent(key)}`));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      // What was there stays to be read while the server is gone.
      if (details === undefined || error.status === 404) failure = error;
    }
    redraw();
  }

  const endChanges = live.onChange((keys) => {
    if (details?.call.endedAt !== null && details !== undefined) return;
    if (keys !== undefined && !keys.has(key)) return;
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      void load();
    }, REFRESH_MS);
  });
  const ticking = setInterval(() => {
    if (details?.call.endedAt === null) redraw();
  }, 1000);
  void load();

  async function copyLink() {
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      // Where the clipboard is closed to pages (no TLS), the address bar has the same.
      return;
    }
    isCopied = true;
    setTimeout(() => {
      isCopied = false;
      redraw();
    }, COPIED_MS);
    redraw();
  }

  function template() {
    if (failure?.status === 404)
      return html`<h1 class="visually-hidden">${t('call')}</h1>
        ${
          failure.code === 'details_gone'
            ? emptyState(t('detailsGone'), t('detailsGoneText'))
            : emptyState(t('noSuchCall'), t('noSuchCallText'))
        }`;
    if (failure !== undefined) return loadFailure(failure.message, () => void load());
    if (details === undefined) return html`<p class="empty">${t('loading')}</p>`;
    const shown = details;
    const { call } = shown;
    const visit = /:(\d+)$/.exec(call.key)?.[1];
    return html`
      <section class="panel call-head">
        <div class="call-title">
          <h1>${parties(call)}</h1>
          ${stateChip(call)}
        </div>
        <p class="call-summary">
          ${call.callerName === '' ? nothing : html`<q>${call.callerName}</q> · `}${t('summaryFrom', { origin: originText(call) })}
          ${profileText(call)} · ${call.domain} · ${dayAndTime(call.arrivedAt)}
          ${visit === undefined ? nothing : html` · ${t('anotherVisit', { count: Number(visit) })}`}
        </p>
        ${call.error === null ? nothing : html`<p class="notice bad" role="alert" lang="en">${call.error}</p>`}
        <div class="actions">
          <button type="button" @click=${() => void copyLink()} aria-live="polite">
            ${t(isCopied ? 'copied' : 'copyLink')}
          </button>
          ${downloadLink(shown)}
        </div>
      </section>
      <div class="columns">
        <section class="panel">
          <h2>${t('timeline')}</h2>
          ${timeline(shown, live.now())}
        </section>
        <section class="panel">
          <div class="panel-head">
            <h2>${t('why')}</h2>
            <button type="button" class="quiet-button" aria-pressed=${showsLog} @click=${toggleLog}>
              ${t(showsLog ? 'asSteps' : 'asLog')}
            </button>
          </div>
          ${
            showsLog
              ? html`<pre class="log" tabindex="0" aria-label=${t('asLog')}>${shown.log.join('\n')}</pre>`
              : html`<p class="note">${t('whyText')}</p>
                  ${decisionSteps(shown.trace, call.matched)}`
          }
        </section>
      </div>
      <section class="panel">${channelData(shown)}</section>
    `;
  }

  function toggleLog() {
    showsLog = !showsLog;
    redraw();
  }

  /** @param {CallDetails} shown */
  function channelData({ data }) {
    const wanted = search.trim().toLowerCase();
    const found = data.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted));
    return html`
      <div class="panel-head">
        <h2>${t('channelData')}</h2>
        <label class="search">
          <span class="visually-hidden">${t('searchData')}</span>
          <input type="search" name="data" placeholder=${t('searchData')} .value=${search} @input=${onSearch} />
        </label>
      </div>
      <p class="note" role="status">
        ${wanted === '' ? t('channelDataText') : t('dataFound', { count: found.length, total: data.length })}
      </p>
      ${
        found.length === 0
          ? html`<p class="empty">${t('nothingFound', { text: search })}</p>`
          : html`<table class="data">
              <thead class="visually-hidden">
                <tr>
                  <th scope="col">${t('name')}</th>
                  <th scope="col">${t('value')}</th>
                </tr>
              </thead>
              <tbody>
                ${found.map(
                  ({ name, value }) =>
                    html`<tr>
                      <th scope="row">${marked(name, wanted)}</th>
                      <td>${marked(value, wanted)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    `;
  }

  /** @param {Event & { target: HTMLInputElement }} event */
  function onSearch(event) {
    search = event.target.value;
    redraw();
  }

  return {
    title: () => (details === undefined ? t('call') : callTitle(details.call)),
    template,
    close() {
      endChanges();
      clearInterval(ticking);
      clearTimeout(refreshing);
    },
  };
}

/** @param {CallDetails} details */
function downloadLink({ call, isMasked }) {
  const reason = isMasked ? t('downloadMasked') : call.endedAt === null ? t('downloadLive') : undefined;
  if (reason !== undefined) return html`<span class="hint">${reason}</span>`;
  return html`<a class="button" href=${`api/v1/calls/${encodeURIComponent(call.key)}/dump`} download
    >${t('download')}</a
  >`;
}

/** @param {CallDetails} details @param {number} now */
function timeline(details, now) {
  const { call, applications } = details;
  const until = call.endedAt ?? now;
  const whole = Math.max(until - call.arrivedAt, 1);
  const { isThere } = details.choice.context;
  return html`<ol class="timeline">
    ${event(call.arrivedAt, call.arrivedAt, t('tlArrived'), nothing)}
    ${event(
      call.arrivedAt,
      call.arrivedAt,
      t(isThere ? 'tlContext' : 'tlNoContext', { context: isThere ? call.context : details.contextAskedFor }),
      html`<small>${choiceText(details)}</small>`,
    )}
    ${
      call.decisionMs === null
        ? call.endedAt === null
          ? nothing
          : event(until, call.arrivedAt, t('tlNothing'), nothing)
        : event(
            call.arrivedAt + call.decisionMs,
            call.arrivedAt,
            t('tlDecided', {
              time: duration(call.decisionMs),
              matched: call.matched.length === 0 ? t('tlNoMatch') : call.matched.join(', '),
            }),
            nothing,
          )
    }
    ${applications.map(({ name, data, startedAt, endedAt, response }) => {
      const took =
        endedAt !== null
          ? duration(endedAt - startedAt)
          : call.endedAt === null
            ? t('tlRunning', { time: running(now - startedAt) })
            : t('tlCut');
      return event(
        startedAt,
        call.arrivedAt,
        html`<b class="application">${name}</b> <code>${data}</code>`,
        html`<meter min="0" max=${whole} value=${(endedAt ?? until) - startedAt} aria-hidden="true"></meter
          ><small
            >${took}${response === null || response === '_none_' || response === '' ? nothing : html` · ${response}`}</small
          >`,
        endedAt === null && call.endedAt === null ? 'running' : 'app',
      );
    })}
    ${
      call.endedAt === null
        ? nothing
        : event(call.endedAt, call.arrivedAt, t('tlEnded', { outcome: outcomeText(call) }), nothing, 'end')
    }
  </ol>`;
}

/** @type {Record<CallDetails['choice']['context']['by'], import('./language.js').Word>} */
const CHOSEN_BY = {
  asked: 'byAsked',
  path: 'byPath',
  transfer: 'byTransfer',
  extension: 'byExtension',
  gateway: 'byGateway',
  profile: 'byProfile',
  default: 'byDefault',
};

/** What chose context and domain. @param {CallDetails} details */
function choiceText({ call, contextAskedFor, choice }) {
  const { context, domain } = choice;
  const variable = domain.variable ?? '';
  const isOther = context.isThere && contextAskedFor.toLowerCase() !== call.context.toLowerCase();
  const values = { domain: call.domain, variable, unknown: domain.unknown ?? '' };
  return [
    t(CHOSEN_BY[context.by], { name: context.of ?? '' }),
    isOther ? t('insteadOf', { name: contextAskedFor }) : '',
    t(domain.unknown !== null ? 'domainUnknown' : variable === '' ? 'domainDefault' : 'domainBy', values),
  ]
    .filter((part) => part !== '')
    .join(t('listComma'));
}

/**
 * @param {number} at @param {number} from @param {unknown} what @param {unknown} more @param {string} [kind]
 */
function event(at, from, what, more, kind = '') {
  return html`<li class=${kind}>
    <time datetime=${new Date(at).toISOString()} title=${clock(at)}>+${duration(Math.max(at - from, 0))}</time>
    <div><span>${what}</span>${more}</div>
  </li>`;
}
