/** A call in the capture files: what happened, what was decided, the channel's data. */
import { ApiFailure, ask } from './api.js';
import { callTitle, emptyState, loadFailure, originText, parties, profileText, stateChip } from './call-parts.js';
import { callTimeline, moment } from './call-timeline.js';
import { channelDataPart } from './channel-data.js';
import { dayAndTime, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas.js').CaptureDetails} CaptureDetails */

/** @param {import('./view.js').ViewContext} context @param {string} place @returns {import('./view.js').View} */
export function capturedView({ redraw }, place) {
  /** @type {CaptureDetails | undefined} */
  let details;
  /** @type {ApiFailure | undefined} */
  let failure;
  const channelData = channelDataPart(redraw);
  const path = `captures/${encodeURIComponent(place)}`;

  async function load() {
    try {
      details = /** @type {CaptureDetails} */ (await ask(path));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      failure = error;
    }
    redraw();
  }
  void load();

  function template() {
    if (failure?.status === 404) {
      return html`<h1 class="visually-hidden">${t('call')}</h1>
        ${emptyState(t('noSuchCall'), t('noSuchCaptureText'))}`;
    }
    if (failure !== undefined) return loadFailure(failure.message, () => void load());
    if (details === undefined) return html`<p class="empty">${t('loading')}</p>`;
    const { call, why, decision, data, isMasked } = details;
    const chosen = moment(
      call.arrivedAt,
      call.arrivedAt,
      t('tlContext', { context: call.context }),
      why === null ? nothing : html`<small lang="en">${why}</small>`,
    );
    return html`
      <section class="panel call-head">
        <div class="call-title">
          <h1>${parties(call)}</h1>
          ${stateChip(call)}
        </div>
        <p class="call-summary">
          ${call.callerName === '' ? nothing : html`<q>${call.callerName}</q> · `}${t('summaryFrom', { origin: originText(call) })}
          ${profileText(call)} · ${call.domain} · ${dayAndTime(call.arrivedAt)}
        </p>
        ${call.error === null ? nothing : html`<p class="notice bad" role="alert" lang="en">${call.error}</p>`}
        <div class="actions">
          ${
            isMasked
              ? html`<span class="hint">${t('downloadMasked')}</span>`
              : html`<a class="button" href=${`api/v1/${path}/dump`} download>${t('download')}</a>`
          }
        </div>
      </section>
      <div class="columns">
        <section class="panel">
          <h2>${t('timeline')}</h2>
          ${callTimeline(details, call.endedAt ?? call.arrivedAt, chosen)}
        </section>
        <section class="panel">
          <h2>${t('decidedApplications')}</h2>
          <p class="note">${t('capturedWhy')}</p>
          <ol class="decided">
            ${decision?.actions.map(
              ({ name, data: text }) => html`<li><b class="application">${name}</b> <code>${text}</code></li>`,
            )}
          </ol>
        </section>
      </div>
      <section class="panel">${channelData(data)}</section>
    `;
  }

  return {
    title: () => (details === undefined ? t('call') : callTitle(details.call)),
    template,
    close: () => undefined,
  };
}
