/** The calls in progress as a list that stays smooth with thousands: only the rows that can be seen exist. */
import { callLink, emptyState, originText, parties, profileText, stateChip } from './call-parts.js';
import { clock, running, t } from './language.js';
import { html, nothing, ref, repeat } from './lib.js';

/** @typedef {import('./live-calls.js').CallRow} CallRow */
/** @typedef {import('./live-calls.js').LiveCalls} LiveCalls */

const WIDE_ROW = 52;
const NARROW_ROW = 92;
/** Rows beyond the edges, for quick scrolling. */
const SPARE = 6;
const NARROW = matchMedia('(max-width: 759px)');

export class CallList {
  /** Keys, the newest call first. @type {string[]} */
  #order = [];
  /** Rows as they were last known; a held list shows calls that are gone from it. @type {Map<string, CallRow>} */
  #rows = new Map();
  #filter = '';
  #isPointed = false;
  #isFocused = false;
  #waiting = 0;
  /** @type {HTMLElement | undefined} */
  #body;
  /** @type {string | undefined} */
  #focusNext;
  #scrollBy = 0;

  /** @param {LiveCalls} live @param {() => void} redraw */
  constructor(live, redraw) {
    this.live = live;
    this.redraw = redraw;
    this.refresh();
  }

  get #isHeld() {
    return this.#isPointed || this.#isFocused;
  }

  get #rowHeight() {
    return NARROW.matches ? NARROW_ROW : WIDE_ROW;
  }

  /** Takes over what changed. */
  refresh() {
    const wanted = [];
    for (const [key, call] of this.live.calls) if (this.#isWanted(call)) wanted.push(key);
    wanted.reverse();
    if (this.#isHeld) {
      for (const key of this.#order) {
        const call = this.live.calls.get(key);
        if (call !== undefined) this.#rows.set(key, call);
      }
      this.#waiting = wanted.reduce((count, key) => (this.#rows.has(key) ? count : count + 1), 0);
      return;
    }
    this.#keepPlace(wanted);
    this.#order = wanted;
    this.#rows = new Map(wanted.map((key) => [key, /** @type {CallRow} */ (this.live.calls.get(key))]));
    this.#waiting = 0;
  }

  template() {
    const [first, last] = this.#visible();
    const keys = this.#order.slice(first, last);
    const now = this.live.now();
    const total = this.live.calls.size;
    return html`
      <div class="list-head">
        <p class="list-count" role="status">
          ${
            this.#filter === ''
              ? t('callsShown', { count: this.live.counters.live })
              : t('callsFiltered', { count: this.#order.length, total })
          }
        </p>
        ${
          this.#waiting > 0
            ? html`<button type="button" class="pill" @click=${this.#release}>
                ${t('showNew', { count: this.#waiting })}
              </button>`
            : this.#isHeld && this.#order.length > 0
              ? html`<span class="hint">${t('held')}</span>`
              : nothing
        }
        <label class="search">
          <span class="visually-hidden">${t('filter')}</span>
          <input
            type="search"
            name="filter"
            placeholder=${t('filter')}
            .value=${this.#filter}
            @input=${this.#onFilter}
          />
        </label>
      </div>
      <div
        class="calls"
        role="table"
        aria-label=${t('inProgress')}
        aria-rowcount=${this.#order.length + 1}
        @pointerenter=${this.#onPointer}
        @pointerleave=${this.#onPointer}
        @focusin=${this.#onFocus}
        @focusout=${this.#onFocus}
        @keydown=${this.#onKey}
      >
        <div role="rowgroup" class="calls-head">
          <div role="row" class="call-row" aria-rowindex="1">
            <span role="columnheader">${t('arrived')}</span>
            <span role="columnheader">${t('call')}</span>
            <span role="columnheader">${t('from')}</span>
            <span role="columnheader">${t('context')}</span>
            <span role="columnheader">${t('doing')}</span>
            <span role="columnheader">${t('state')}</span>
          </div>
        </div>
        <div role="rowgroup" class="calls-body" ${ref(this.#setBody)}>
          <div class="calls-window" data-first=${first}>
            ${repeat(
              keys,
              (key) => key,
              (key, index) => this.#row(/** @type {CallRow} */ (this.#rows.get(key)), first + index, now),
            )}
          </div>
        </div>
      </div>
      ${
        this.#order.length > 0
          ? nothing
          : this.#filter === ''
            ? emptyState(t('emptyNow'), t('emptyNowText'))
            : emptyState(t('nothingFiltered', { text: this.#filter }))
      }
    `;
  }

  /** Sets what a template cannot, as styles in markup are not allowed here. */
  afterRender() {
    const body = this.#body;
    if (body === undefined) return;
    const height = this.#rowHeight;
    body.style.height = `${this.#order.length * height}px`;
    const inner = /** @type {HTMLElement} */ (body.firstElementChild);
    inner.style.transform = `translateY(${Number(inner.dataset.first) * height}px)`;
    if (this.#scrollBy !== 0) {
      window.scrollBy(0, this.#scrollBy);
      this.#scrollBy = 0;
      this.redraw();
    }
    if (this.#focusNext === undefined) return;
    const link = this.#linkOf(this.#focusNext);
    if (link !== undefined) {
      this.#focusNext = undefined;
      link.focus({ preventScroll: true });
    }
  }

  /** @param {CallRow} call @param {number} index @param {number} now */
  #row(call, index, now) {
    const { application, endedAt } = call;
    return html`<div role="row" class="call-row ${endedAt === null ? '' : 'ended'}" aria-rowindex=${index + 2}>
      <span role="cell" class="cell-time">
        <b>${running((endedAt ?? now) - call.arrivedAt)}</b>
        <small>${clock(call.arrivedAt)}</small>
      </span>
      <span role="cell" class="cell-call">
        <a href=${callLink(call.key)} data-key=${call.key}>${parties(call)}</a>
        <small>${call.callerName}</small>
      </span>
      <span role="cell" class="cell-from">${originText(call)}<small>${profileText(call)}</small></span>
      <span role="cell" class="cell-context">${call.context}</span>
      <span role="cell" class="cell-doing">
        ${
          application === null
            ? html`<small>${call.state === 'executing' ? t('between') : ''}</small>`
            : html`<span class="application"
                  ><b>${application.name}</b>${
                    endedAt === null ? html` <span class="for">${running(now - application.startedAt)}</span>` : nothing
                  }</span
                ><small>${application.data}</small>`
        }
      </span>
      <span role="cell" class="cell-state">${stateChip(call)}</span>
    </div>`;
  }

  /** Which part of the order can be seen, and a little more. @returns {[number, number]} */
  #visible() {
    const height = this.#rowHeight;
    const top = this.#body?.getBoundingClientRect().top ?? 0;
    const first = Math.max(Math.floor(-top / height) - SPARE, 0);
    const last = Math.ceil((window.innerHeight - top) / height) + SPARE;
    return [Math.min(first, this.#order.length), Math.max(last, 0)];
  }

  /** Calls that come or go above what is looked at must not move it. @param {string[]} wanted */
  #keepPlace(wanted) {
    const top = this.#body?.getBoundingClientRect().top ?? 0;
    const first = Math.floor(-top / this.#rowHeight);
    const anchor = first > 0 ? this.#order.slice(first).find((key) => this.live.calls.has(key)) : undefined;
    if (anchor === undefined) return;
    const after = wanted.indexOf(anchor);
    if (after >= 0) this.#scrollBy = (after - this.#order.indexOf(anchor)) * this.#rowHeight;
  }

  /** @param {CallRow} call */
  #isWanted(call) {
    if (this.#filter === '') return true;
    const { caller, callerName, destination, context, application } = call;
    const text = [
      caller,
      callerName,
      destination,
      originText(call),
      context,
      application?.name,
      application?.data,
    ].join('\n');
    return text.toLowerCase().includes(this.#filter.toLowerCase());
  }

  #release = () => {
    this.#isPointed = false;
    this.#isFocused = false;
    this.refresh();
    window.scrollTo({ top: 0 });
    this.redraw();
  };

  /** @param {Event & { target: HTMLInputElement }} event */
  #onFilter = (event) => {
    this.#filter = event.target.value.trim();
    this.#isPointed = false;
    this.refresh();
    this.redraw();
  };

  /** @param {PointerEvent} event */
  #onPointer = (event) => {
    if (event.pointerType !== 'mouse') return;
    this.#isPointed = event.type === 'pointerenter';
    this.#afterHold();
  };

  /** @param {FocusEvent & { currentTarget: HTMLElement }} event */
  #onFocus = (event) => {
    const other = event.type === 'focusin' ? event.target : event.relatedTarget;
    this.#isFocused = other instanceof Node && event.currentTarget.contains(other);
    this.#afterHold();
  };

  #afterHold() {
    if (!this.#isHeld) this.refresh();
    this.redraw();
  }

  /** Arrows go from row to row. @param {KeyboardEvent} event */
  #onKey = (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const link = event.target instanceof Element ? event.target.closest('a[data-key]') : null;
    if (step === 0 || !(link instanceof HTMLElement)) return;
    const at = this.#order.indexOf(link.dataset.key ?? '');
    const next = this.#order[at + step];
    if (next === undefined) return;
    event.preventDefault();
    const top = (this.#body?.getBoundingClientRect().top ?? 0) + (at + step) * this.#rowHeight;
    const margin = this.#rowHeight * 2;
    if (top < margin) window.scrollBy(0, top - margin);
    else if (top > window.innerHeight - margin) window.scrollBy(0, top - window.innerHeight + margin);
    this.#focusNext = next;
    this.redraw();
  };

  /** @param {Element | undefined} element */
  #setBody = (element) => {
    this.#body = element instanceof HTMLElement ? element : undefined;
  };

  /** @param {string} key */
  #linkOf(key) {
    const links = /** @type {NodeListOf<HTMLElement>} */ (this.#body?.querySelectorAll('a[data-key]') ?? []);
    return [...links].find((link) => link.dataset.key === key);
  }
}
