/** History: calls that ended, searched. */
import { ApiFailure, ask } from './api.js';
import { callLink, emptyState, loadFailure } from './call-parts.js';
import { callTable } from './call-table.js';
import { capturesPart } from './captures.js';
import { dayAndTime, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallPage} CallPage */
/** @typedef {import('../src/supervisor/schemas/calls.js').CallRow} CallRow */

const PAGE = 100;
const TYPING_MS = 250;
const FIELDS = /** @type {const} */ (['text', 'number', 'context', 'extension', 'cause', 'outcome']);
const OUTCOMES = /** @type {const} */ ([
  'finished',
  'hungUp',
  'transferred',
  'noRoute',
  'failed',
  'handedBack',
  'closed',
]);
/** @type {Record<typeof FIELDS[number], import('./language.js').Word>} */
const LABELS = {
  text: 'searchAll',
  number: 'number',
  context: 'context',
  extension: 'matched',
  cause: 'cause',
  outcome: 'outcome',
};

/**
 * @param {import('./view.js').ViewContext} context
 * @param {URLSearchParams} query what is searched, as the address says
 * @returns {import('./view.js').View}
 */
export function historyView({ live, redraw }, query) {
  /** @type {Record<string, string>} */
  let search = Object.fromEntries(
    FIELDS.flatMap((field) => (query.has(field) ? [[field, query.get(field) ?? '']] : [])),
  );
  /** @type {CallPage | undefined} */
  let page;
  /** @type {ApiFailure | undefined} */
  let failure;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  let asking = new AbortController();
  /** Calls that ended since the search. */
  let newer = 0;

  const captures = capturesPart(redraw);

  const endChanges = live.onChange((keys) => {
    for (const key of keys ?? []) if (live.calls.get(key)?.endedAt != null) newer += 1;
  });

  /** @param {CallRow[]} [before] rows that stay in front */
  async function load(before = []) {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    if (before.length === 0) newer = 0;
    try {
      const found = /** @type {CallPage} */ (
        await ask('calls', { query: { ...search, offset: before.length, limit: PAGE }, signal })
      );
      page = { ...found, calls: [...before, ...found.calls] };
      failure = undefined;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFailure)) throw error;
      failure = error;
    }
    redraw();
  }

  /** @param {Event & { target: HTMLInputElement | HTMLSelectElement }} event */
  function onInput(event) {
    const { name, value } = event.target;
    const others = Object.entries(search).filter(([field]) => field !== name);
    change(Object.fromEntries(value.trim() === '' ? others : [...others, [name, value]]));
  }

  function clear() {
    change({});
  }

  /** @param {Record<string, string>} changed */
  function change(changed) {
    search = changed;
    captures.reset();
    const text = new URLSearchParams(search).toString();
    history.replaceState(null, '', `#/history${text === '' ? '' : `?${text}`}`);
    clearTimeout(typing);
    typing = setTimeout(() => void load(), TYPING_MS);
    redraw();
  }

  void load();

  return {
    title: () => t('history'),
    template: () => html`
      <h1 class="visually-hidden">${t('history')}</h1>
      <section class="panel">
        <form class="search-form" role="search" @submit=${prevent}>
          ${FIELDS.map((field) => (field === 'outcome' ? outcomeField() : textField(field)))}
          ${
            Object.keys(search).length === 0
              ? nothing
              : html`<button type="button" class="quiet-button" @click=${clear}>${t('reset')}</button>`
          }
        </form>
        ${results()}
      </section>
      ${page?.hasFiles === true ? captures.template(search) : nothing}
    `,
    close() {
      endChanges();
      asking.abort();
      captures.reset();
      clearTimeout(typing);
    },
  };

  /** @param {Exclude<typeof FIELDS[number], 'outcome'>} field */
  function textField(field) {
    return html`<label class="field ${field === 'text' ? 'widest' : ''}">
      <span>${t(LABELS[field])}</span>
      <input
        type="search"
        name=${field}
        autocomplete="off"
        placeholder=${field === 'text' ? t('searchAllHint') : ''}
        .value=${search[field] ?? ''}
        @input=${onInput}
      />
    </label>`;
  }

  function outcomeField() {
    return html`<label class="field">
      <span>${t('outcome')}</span>
      <select name="outcome" @change=${onInput}>
        <option value="" .selected=${search.outcome === undefined}>${t('any')}</option>
        ${OUTCOMES.map(
          (outcome) => html`<option value=${outcome} .selected=${search.outcome === outcome}>${t(outcome)}</option>`,
        )}
      </select>
    </label>`;
  }

  function results() {
    if (failure !== undefined) return loadFailure(failure.message, () => void load());
    if (page === undefined) return html`<p class="empty">${t('loading')}</p>`;
    const { calls, found, remembered, oldestAt } = page;
    if (remembered === 0) {
      if (newer > 0) void load();
      return emptyState(t('historyEmpty'), t('historyEmptyText'));
    }
    if (calls.length === 0) {
      return emptyState(
        t('historyNothing'),
        t('historyNothingText', { total: remembered, time: oldestAt === null ? '' : dayAndTime(oldestAt) }),
      );
    }
    return html`
      <div class="list-head">
        <p class="list-count" role="status">${t('foundCalls', { count: found, total: remembered })}</p>
        ${
          newer === 0
            ? nothing
            : html`<button type="button" class="pill" @click=${() => void load()}>
                ${t('newerCalls', { count: newer })}
              </button>`
        }
      </div>
      ${callTable(
        t('history'),
        calls.map((call) => ({ call, href: callLink(call.key) })),
        search.text,
      )}
      ${
        calls.length < found
          ? html`<p class="more"><button type="button" @click=${() => void load(calls)}>${t('more')}</button></p>`
          : nothing
      }
    `;
  }
}

/** @param {Event} event */
function prevent(event) {
  event.preventDefault();
}
