/** A call: what happened, why it went where it went, the channel's data. */
import { ApiFailure, ask } from './api.js';
import { callTitle, emptyState, loadFailure, originText, parties, profileText, stateChip } from './call-parts.js';
import { callTimeline, moment } from './call-timeline.js';
import { channelDataPart } from './channel-data.js';
import { decisionSteps } from './decision.js';
import { dayAndTime, t } from './language.js';
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
  const channelData = channelDataPart(redraw);
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
          ${callTimeline(shown, live.now(), chosen(shown))}
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
      <section class="panel">${channelData(shown.data)}</section>
    `;
  }

  function toggleLog() {
    showsLog = !showsLog;
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

/** What chose the context, as an event of the timeline. @param {CallDetails} details */
function chosen(details) {
  const { call, contextAskedFor } = details;
  const { isThere } = details.choice.context;
  return moment(
    call.arrivedAt,
    call.arrivedAt,
    t(isThere ? 'tlContext' : 'tlNoContext', { context: isThere ? call.context : contextAskedFor }),
    html`<small>${choiceText(details)}</small>`,
  );
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
