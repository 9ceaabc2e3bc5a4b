/** The page: which view is shown, and what frames it. */
import { ask, signOut, whenUnknownReader } from './api.js';
import { callView } from './call.js';
import { capturedView } from './captured.js';
import { dialplanView } from './dialplan.js';
import { healthView } from './health.js';
import { historyView } from './history.js';
import { chooseLanguage, clock, currentLanguage, t } from './language.js';
import { html, nothing, render } from './lib.js';
import { LiveCalls } from './live-calls.js';
import { nowView } from './now.js';
import { signInView } from './sign-in.js';

/** @typedef {import('../src/supervisor/schemas/readers.js').Reader} Reader */
/** @typedef {import('../src/supervisor/schemas/status.js').Status} Status */
/** @typedef {import('./view.js').View} View */

const TABS = /** @type {const} */ (['now', 'history', 'dialplan', 'health']);
const STATUS_MS = 10_000;

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const live = new LiveCalls();
/** @type {Reader | undefined} */
let reader;
/** @type {View | undefined} */
let view;
/** Which tab the view belongs to. @type {typeof TABS[number]} */
let tab = 'now';
/** The call that is shown: it belongs to `now` while it is in progress. @type {string | undefined} */
let shownCall;
let isDraining = false;
let isDue = false;

/** Shows everything anew, once before the screen is painted next. */
function redraw() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

function draw() {
  render(frame(), root);
  view?.afterRender?.();
  document.title = `${view?.title() ?? ''} · Parkway`;
}

function frame() {
  // Who is asked to sign in has no views to go to; while that is being found out, their place is kept.
  const isUnknown = reader === undefined && view !== undefined;
  const current = shownCall !== undefined && live.calls.has(shownCall) ? 'now' : tab;
  return html`
    <a class="skip" href="#content" @click=${skip}>${t('skip')}</a>
    <header>
      <a class="brand" href="#/now"><img src="icon.svg" alt="" width="24" height="24" /> Parkway</a>
      ${
        isUnknown
          ? nothing
          : html`<nav aria-label=${t('views')}>
              ${TABS.map((each) => html`<a href=${`#/${each}`} aria-current=${each === current ? 'page' : 'false'}>${t(each)}</a>`)}
            </nav>`
      }
      <div class="header-end">
        ${reader?.isMasked === true ? html`<span class="hint masked">${t('masked')}</span>` : nothing}
        ${
          reader === undefined
            ? nothing
            : html`<span class="connection ${live.connection}" role="status"
                ><i aria-hidden="true"></i><span>${t(live.connection)}</span></span
              >`
        }
        <button
          type="button"
          class="quiet-button language"
          lang=${currentLanguage() === 'zh' ? 'en' : 'zh-CN'}
          @click=${switchLanguage}
        >
          ${currentLanguage() === 'zh' ? 'English' : '中文'}
        </button>
        ${
          reader?.canSignOut === true
            ? html`<button type="button" class="quiet-button" @click=${() => void leave()}>${t('signOut')}</button>`
            : nothing
        }
      </div>
    </header>
    ${
      live.connection === 'lost' && reader !== undefined
        ? html`<p class="banner bad" role="alert">${t('lostBanner', { time: clock(live.heardAt) })}</p>`
        : isDraining
          ? html`<p class="banner warn" role="status">${t('draining')}</p>`
          : nothing
    }
    <main id="content" tabindex="-1">
      ${view === undefined ? html`<p class="empty">${t('loading')}</p>` : view.template()}
    </main>
  `;
}

/** The address has the view behind `#/`; a plain fragment would be taken for one. @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function switchLanguage() {
  chooseLanguage(currentLanguage() === 'zh' ? 'en' : 'zh');
  view?.onLanguage?.();
  redraw();
}

/** @param {View} next */
function show(next) {
  view?.close();
  view = next;
  // A list must not take over what another one rendered.
  render(nothing, root);
  draw();
  window.scrollTo(0, 0);
}

function route() {
  if (reader === undefined) return;
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', rest = ''] = path.split('/', 2);
  const context = { live, redraw, reader };
  shownCall = undefined;
  if (name === 'call' && rest !== '') {
    tab = 'history';
    shownCall = decodeURIComponent(rest);
    show(callView(context, shownCall));
  } else if (name === 'captured' && rest !== '') {
    tab = 'history';
    show(capturedView(context, decodeURIComponent(rest)));
  } else if (name === 'history') {
    tab = 'history';
    show(historyView(context, new URLSearchParams(query)));
  } else if (name === 'dialplan') {
    tab = 'dialplan';
    show(dialplanView(context));
  } else if (name === 'health') {
    tab = 'health';
    show(healthView(context));
  } else {
    tab = 'now';
    show(nowView(context));
  }
  document.getElementById('content')?.focus({ preventScroll: true });
}

async function enter() {
  reader = /** @type {Reader} */ (await ask('session'));
  live.start(() => void refreshStatus());
  route();
  void refreshStatus();
}

async function leave() {
  await signOut();
  live.stop();
  reader = undefined;
  await begin();
}

async function refreshStatus() {
  if (reader === undefined) return;
  try {
    ({ isDraining } = /** @type {Status} */ (await ask('status')));
    redraw();
  } catch {
    // The banner says that the server is gone.
  }
}

whenUnknownReader(({ code }) => {
  reader = undefined;
  live.stop();
  show(signInView({ takesTokens: code === 'sign_in', redraw, onSignedIn: () => void begin() }));
});

async function begin() {
  try {
    await enter();
  } catch {
    // Not known: the reader is asked. Gone: the next try is soon.
    if (view === undefined || reader !== undefined) setTimeout(() => void begin(), STATUS_MS / 2);
  }
}

live.onChange(redraw);
window.addEventListener('hashchange', route);
setInterval(() => void refreshStatus(), STATUS_MS);
draw();
void begin();
