/** Why a call went there: as steps for anybody, or as FreeSWITCH's own log. */
import { decisionSteps } from './decision.js';
import { t } from './language.js';
import { html } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallDetails} CallDetails */

/** @param {() => void} redraw */
export function whyPart(redraw) {
  let showsLog = false;

  /**
   * @param {Pick<CallDetails, 'trace' | 'log'> & { matched: readonly string[] }} decided
   * @param {unknown} introduction what is said before it
   */
  return function why({ trace, log, matched }, introduction) {
    return html`
      <div class="panel-head">
        <h2>${t('why')}</h2>
        <button type="button" class="quiet-button" aria-pressed=${showsLog} @click=${toggleLog}>
          ${t(showsLog ? 'asSteps' : 'asLog')}
        </button>
      </div>
      ${introduction}
      ${
        showsLog
          ? html`<pre class="log" tabindex="0" aria-label=${t('asLog')}>${log.join('\n')}</pre>`
          : html`<p class="note">${t('whyText')}</p>
              ${decisionSteps(trace, matched)}`
      }
    `;
  };

  function toggleLog() {
    showsLog = !showsLog;
    redraw();
  }
}
