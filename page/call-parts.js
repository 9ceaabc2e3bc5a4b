/** What is shown of a call wherever it appears. */
import { duration, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallRow} CallRow */
/** @typedef {NonNullable<CallRow['outcome']>} Outcome */

/** @type {Record<Outcome, 'good' | 'quiet' | 'warn' | 'bad'>} */
const TONES = {
  finished: 'good',
  hungUp: 'good',
  transferred: 'good',
  handedBack: 'quiet',
  closed: 'quiet',
  noRoute: 'warn',
  failed: 'bad',
};

/** @param {string} key */
export function callLink(key) {
  return `#/call/${encodeURIComponent(key)}`;
}

/** @param {CallRow} call */
export function callTitle(call) {
  return `${call.caller === '' ? t('anonymous') : call.caller} → ${call.destination}`;
}

/** @param {CallRow} call */
export function parties(call) {
  return html`<span class="party">${call.caller === '' ? t('anonymous') : call.caller}</span
    ><span class="arrow" aria-hidden="true">→</span><span class="visually-hidden"> → </span
    ><span class="party">${call.destination}</span>`;
}

/** @param {CallRow} call */
export function originText({ origin }) {
  if (origin.name === null) return t('unknownOrigin');
  return `${origin.kind === 'gateway' ? t('gateway') : t('extension')} ${origin.name}`;
}

/** @param {CallRow} call */
export function profileText({ origin }) {
  return origin.profile === null ? '' : t('profile', { name: origin.profile });
}

/** @param {CallRow} call */
export function stateChip(call) {
  const { outcome, state } = call;
  if (outcome === null || state !== 'ended') {
    return html`<span class="chip live"
      ><i aria-hidden="true"></i>${t(state === 'deciding' ? 'deciding' : 'executing')}</span
    >`;
  }
  return html`<span class="chip ${TONES[outcome]}">${t(outcome)}</span>`;
}

/** @param {CallRow} call */
export function outcomeText(call) {
  const talk =
    call.talkMs === null ? t(call.answered ? 'answered' : 'notAnswered') : t('talked', { time: duration(call.talkMs) });
  return [call.outcome === null ? '' : t(call.outcome), call.cause ?? '', talk]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Text with what was searched for marked. @param {string} text @param {string} wanted in lower case */
export function marked(text, wanted) {
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted);
  if (at < 0) return text;
  const end = at + wanted.length;
  return html`${text.slice(0, at)}<mark>${text.slice(at, end)}</mark>${text.slice(end)}`;
}

/** @param {string} title @param {string} [text] */
export function emptyState(title, text) {
  return html`<div class="empty">
    <p class="empty-title">${title}</p>
    ${text === undefined ? nothing : html`<p>${text}</p>`}
  </div>`;
}

/** @param {string} message @param {() => void} again */
export function loadFailure(message, again) {
  return html`<div class="empty bad-text" role="alert">
    <p class="empty-title">${t('failedToLoad', { message })}</p>
    <p><button type="button" @click=${again}>${t('tryAgain')}</button></p>
  </div>`;
}
