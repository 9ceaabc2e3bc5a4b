/** Calls that ended, as a table. */
import { marked, originText, outcomeText, parties, stateChip } from './call-parts.js';
import { duration, moment, t } from './language.js';
import { html } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallRow} CallRow */

/**
 * @param {string} label
 * @param {{ call: CallRow, href: string }[]} calls each with what its link leads to
 * @param {string} [text] what was searched for
 */
export function callTable(label, calls, text = '') {
  const wanted = text.trim().toLowerCase();
  return html`<div class="calls history" role="table" aria-label=${label}>
    <div role="rowgroup" class="calls-head">
      <div role="row" class="call-row">
        <span role="columnheader">${t('arrived')}</span>
        <span role="columnheader">${t('call')}</span>
        <span role="columnheader">${t('from')}</span>
        <span role="columnheader">${t('context')}</span>
        <span role="columnheader">${t('matched')}</span>
        <span role="columnheader">${t('result')}</span>
      </div>
    </div>
    <div role="rowgroup">${calls.map(({ call, href }) => row(call, href, wanted))}</div>
  </div>`;
}

/** @param {CallRow} call @param {string} href @param {string} wanted in lower case */
function row(call, href, wanted) {
  return html`<div role="row" class="call-row">
    <span role="cell" class="cell-time">
      <b>${moment(call.arrivedAt)}</b><small>${duration((call.endedAt ?? call.arrivedAt) - call.arrivedAt)}</small>
    </span>
    <span role="cell" class="cell-call">
      <a href=${href}>${parties(call)}</a><small>${marked(call.callerName, wanted)}</small>
    </span>
    <span role="cell" class="cell-from">${originText(call)}</span>
    <span role="cell" class="cell-context">${call.context}</span>
    <span role="cell" class="cell-doing">${call.matched.length === 0 ? '–' : call.matched.join(', ')}</span>
    <span role="cell" class="cell-state">
      ${stateChip(call)}<small>${call.error ?? outcomeText({ ...call, outcome: null })}</small>
    </span>
  </div>`;
}
