/** The head of a call's view: who called whom and where from, a link to copy, the download. */
import { originText, parties, profileText, stateChip } from './call-parts.js';
import { dayAndTime, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallRow} CallRow */

const COPIED_MS = 2000;

/** @param {() => void} redraw */
export function callHeadPart(redraw) {
  let isCopied = false;

  /**
   * @param {CallRow} call
   * @param {{ dump: string, noDump: string | undefined, note?: string }} options where the download is, or why there is none;
   *   what there is to say besides
   */
  return function callHead(call, { dump, noDump, note }) {
    return html`<section class="panel call-head">
      <div class="call-title">
        <h1>${parties(call)}</h1>
        ${stateChip(call)}
      </div>
      <p class="call-summary">
        ${call.callerName === '' ? nothing : html`<q>${call.callerName}</q> · `}${summary(call, note)}
      </p>
      ${call.error === null ? nothing : html`<p class="notice bad" role="alert" lang="en">${call.error}</p>`}
      <div class="actions">
        <button type="button" @click=${() => void copyLink()} aria-live="polite">
          ${t(isCopied ? 'copied' : 'copyLink')}
        </button>
        ${
          noDump === undefined
            ? html`<a class="button" href=${dump} download>${t('download')}</a>`
            : html`<span class="hint">${noDump}</span>`
        }
      </div>
    </section>`;
  };

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
}

/** @param {CallRow} call @param {string} [note] */
function summary(call, note = '') {
  const origin = t('summaryFrom', { origin: originText(call) });
  return [origin, profileText(call), call.domain, dayAndTime(call.arrivedAt), note]
    .filter((part) => part !== '')
    .join(' · ');
}
