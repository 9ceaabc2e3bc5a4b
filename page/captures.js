/** History's search of the calls in the capture files: begun on a click, it shows what it finds as it goes. */
import { ApiFailure, ask } from './api.js';
import { loadFailure } from './call-parts.js';
import { callTable } from './call-table.js';
import { dayAndTime, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/captures.js').CapturePage} CapturePage */

const PAGE = 100;

/** @param {string} place */
export function captureLink(place) {
  return `#/captured/${encodeURIComponent(place)}`;
}

/** @param {() => void} redraw */
export function capturesPart(redraw) {
  /** @type {CapturePage | undefined} */
  let shown;
  /** @type {ApiFailure | undefined} */
  let failure;
  /** @type {AbortController | undefined} */
  let searching;

  /** Goes on until there is a page more of them, or nothing is left. @param {Record<string, string>} search */
  async function load(search) {
    const asking = new AbortController();
    searching = asking;
    failure = undefined;
    redraw();
    const enough = (shown?.found.length ?? 0) + PAGE;
    try {
      do {
        const from = shown?.next ?? undefined;
        const query = {
          ...search,
          limit: enough - (shown?.found.length ?? 0),
          ...(from === undefined ? {} : { from }),
        };
        const page = /** @type {CapturePage} */ (await ask('captures', { query, signal: asking.signal }));
        shown = shown === undefined ? page : joined(shown, page);
        redraw();
      } while (shown.next !== null && shown.found.length < enough);
    } catch (error) {
      if (asking.signal.aborted) return;
      if (!(error instanceof ApiFailure)) throw error;
      failure = error;
    }
    searching = undefined;
    redraw();
  }

  function stop() {
    searching?.abort();
    searching = undefined;
    redraw();
  }

  return {
    /** What is searched is another. */
    reset() {
      searching?.abort();
      searching = undefined;
      shown = undefined;
      failure = undefined;
    },
    /** @param {Record<string, string>} search */
    template: (search) =>
      html`<section class="panel">
        <div class="list-head">
          <p class="list-count" role="status">${shown === undefined ? t('onDisk') : progress(shown)}</p>
          ${button(search)}
        </div>
        ${failure === undefined ? nothing : loadFailure(failure.message, () => void load(search))}
        ${
          shown === undefined || shown.found.length === 0
            ? nothing
            : callTable(
                t('onDisk'),
                shown.found.map(({ call, place }) => ({ call, href: captureLink(place) })),
                search.text,
              )
        }
      </section>`,
  };

  /** @param {Record<string, string>} search */
  function button(search) {
    if (searching !== undefined) return html`<button type="button" @click=${stop}>${t('stopSearch')}</button>`;
    if (failure !== undefined || shown?.next === null) return nothing;
    return html`<button type="button" @click=${() => void load(search)}>
      ${t(shown === undefined ? 'searchDisk' : 'searchFurther')}
    </button>`;
  }
}

/** @param {CapturePage} before @param {CapturePage} page @returns {CapturePage} */
function joined(before, page) {
  return {
    ...page,
    found: [...before.found, ...page.found],
    searched: before.searched + page.searched,
    reachedAt: page.reachedAt ?? before.reachedAt,
    brokenLines: before.brokenLines + page.brokenLines,
    unreadable: before.unreadable + page.unreadable,
  };
}

/** @param {CapturePage} page */
function progress({ found, searched, reachedAt, brokenLines, unreadable }) {
  const unread = brokenLines + unreadable;
  return [
    t('foundOnDisk', { count: found.length, total: searched }),
    reachedAt === null ? '' : t('backTo', { time: dayAndTime(reachedAt) }),
    unread === 0 ? '' : t('unreadOnDisk', { count: unread }),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
