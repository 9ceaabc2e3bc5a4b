/** A call in the capture files: what happened, what was decided, the channel's data. */
import { ApiFailure, ask } from './api.js';
import { callHeadPart } from './call-head.js';
import { callTitle, emptyState, loadFailure } from './call-parts.js';
import { callTimeline, moment } from './call-timeline.js';
import { channelDataPart } from './channel-data.js';
import { t } from './language.js';
import { html, nothing } from './lib.js';
import { whyPart } from './why.js';

/** @typedef {import('../src/supervisor/schemas/captures.js').CaptureDetails} CaptureDetails */
/** @typedef {import('../src/supervisor/schemas/captures.js').DecisionToday} Today */

/** @param {import('./view.js').ViewContext} context @param {string} place @returns {import('./view.js').View} */
export function capturedView({ live, redraw }, place) {
  /** @type {CaptureDetails | undefined} */
  let details;
  /** @type {ApiFailure | undefined} */
  let failure;
  const callHead = callHeadPart(redraw);
  const whyToday = whyPart(redraw);
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
  const endDialplan = live.onDialplan(() => void load());
  void load();

  function template() {
    if (failure?.status === 404) {
      return html`<h1 class="visually-hidden">${t('call')}</h1>
        ${emptyState(t('noSuchCall'), t('noSuchCaptureText'))}`;
    }
    if (failure !== undefined) return loadFailure(failure.message, () => void load());
    if (details === undefined) return html`<p class="empty">${t('loading')}</p>`;
    const { call, why, decision, today, data, isMasked } = details;
    const chosen = moment(
      call.arrivedAt,
      call.arrivedAt,
      t('tlContext', { context: call.context }),
      why === null ? nothing : html`<small lang="en">${why}</small>`,
    );
    return html`
      ${callHead(call, { dump: `api/v1/${path}/dump`, noDump: isMasked ? t('downloadMasked') : undefined })}
      <div class="columns">
        <section class="panel">
          <h2>${t('timeline')}</h2>
          ${callTimeline(details, call.endedAt ?? call.arrivedAt, chosen)}
        </section>
        <section class="panel">
          ${today === null ? nothing : whyToday(today, introduction(details, today))}
          ${decision === null || today?.isSame === true ? nothing : decidedThen(call.matched, decision)}
        </section>
      </div>
      <section class="panel">${channelData(data)}</section>
    `;
  }

  return {
    title: () => (details === undefined ? t('call') : callTitle(details.call)),
    template,
    close: endDialplan,
  };
}

/** That this is another hunt, and whether it came to the same. @param {CaptureDetails} details @param {Today} today */
function introduction({ hidesNumbers, decision }, { version, isSame, context, unknown }) {
  const verdict = decision === null ? 'todayAlone' : isSame ? 'todaySame' : 'todayOther';
  return html`<p class="note">${t('todayText', { version, context })}</p>
    <p class="notice ${isSame ? 'good' : 'warn'}">${t(verdict)}</p>
    ${hidesNumbers ? html`<p class="note warn-text">${t('todayMasked')}</p>` : nothing}
    ${unknown.length === 0 ? nothing : html`<p class="note warn-text">${t('todayUnknown', { list: unknown.join(', ') })}</p>`}`;
}

/** @param {readonly string[]} matched @param {NonNullable<CaptureDetails['decision']>} decision */
function decidedThen(matched, { actions, inline }) {
  const list = [...inline.map((action) => ({ ...action, isInline: true })), ...actions];
  return html`<h2>${t('decidedThen')}</h2>
    <p>${matched.length === 0 ? t('tlNoMatch') : matched.join(', ')}</p>
    <ol class="decided">
      ${list.map(
        (action) =>
          html`<li>
            <b class="application">${action.name}</b>
            <code>${action.data}</code>
            ${'isInline' in action ? html`<small class="tag">${t('inline')}</small>` : nothing}
          </li>`,
      )}
    </ol>`;
}
