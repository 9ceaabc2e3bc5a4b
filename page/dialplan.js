/** Dialplan: what is in force, what was refused, what is used. */
import { ApiFailure, ask } from './api.js';
import { emptyState, loadFailure, marked } from './call-parts.js';
import { fieldName, ruleName, timeName } from './decision.js';
import { dayAndTime, moment, number, t } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/dialplan.js').DialplanOverview} DialplanOverview */
/** @typedef {import('../src/supervisor/schemas/dialplan.js').ExtensionSummary} ExtensionSummary */
/** @typedef {import('../src/supervisor/schemas/dialplan.js').ExtensionDetails} ExtensionDetails */
/** @typedef {import('../src/supervisor/schemas/dialplan.js').ConditionView} ConditionView */
/** @typedef {import('../src/supervisor/schemas/dialplan.js').ActionView} ActionView */

const REFRESH_MS = 10_000;

/** @param {import('./view.js').ViewContext} context @returns {import('./view.js').View} */
export function dialplanView({ live, redraw }) {
  /** @type {DialplanOverview | undefined} */
  let overview;
  /** @type {ApiFailure | undefined} */
  let failure;
  let search = '';
  /** Extensions that are unfolded; undefined while one is loaded. @type {Map<string, ExtensionDetails | undefined>} */
  const unfolded = new Map();

  async function load() {
    try {
      overview = /** @type {DialplanOverview} */ (await ask('dialplan'));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (overview === undefined) failure = error;
    }
    redraw();
  }

  /** @param {string} domain @param {string} context @param {string} extension */
  async function unfold(domain, context, extension) {
    const id = idOf(domain, context, extension);
    if (unfolded.has(id)) {
      unfolded.delete(id);
      redraw();
      return;
    }
    unfolded.set(id, undefined);
    redraw();
    try {
      const details = /** @type {ExtensionDetails} */ (
        await ask('dialplan/extension', { query: { domain, context, extension } })
      );
      if (unfolded.has(id)) unfolded.set(id, details);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      unfolded.delete(id);
    }
    redraw();
  }

  const endDialplan = live.onDialplan(() => {
    unfolded.clear();
    void load();
  });
  const refreshing = setInterval(() => void load(), REFRESH_MS);
  void load();

  return {
    title: () => t('dialplan'),
    template() {
      if (failure !== undefined) return loadFailure(failure.message, () => void load());
      if (overview === undefined) return html`<p class="empty">${t('loading')}</p>`;
      const shown = overview;
      return html`
        <h1 class="visually-hidden">${t('dialplan')}</h1>
        ${problems(shown)}
        <div class="columns unequal">
          <div>
            <label class="search wide">
              <span class="visually-hidden">${t('searchExtensions')}</span>
              <input
                type="search"
                name="extensions"
                placeholder=${t('searchExtensions')}
                .value=${search}
                @input=${onSearch}
              />
            </label>
            ${shown.domains.length === 0 ? emptyState(t('emptyDialplan'), t('emptyDialplanText')) : domains(shown)}
          </div>
          <aside>${reloads(shown)} ${unused(shown)}</aside>
        </div>
      `;
    },
    close() {
      endDialplan();
      clearInterval(refreshing);
    },
  };

  /** @param {Event & { target: HTMLInputElement }} event */
  function onSearch(event) {
    search = event.target.value.trim().toLowerCase();
    redraw();
  }

  /** @param {DialplanOverview} overview */
  function domains({ domains: all }) {
    const found = all.filter(
      ({ contexts }) => search === '' || contexts.some(({ extensions }) => extensions.some(isFound)),
    );
    return found.length === 0
      ? html`<p class="empty">${t('nothingFound', { text: search })}</p>`
      : found.map(domainSection);
  }

  /** @param {ExtensionSummary} extension */
  function isFound({ name }) {
    return name.toLowerCase().includes(search);
  }

  /** @param {DialplanOverview['domains'][number]} domain */
  function domainSection({ name, contexts, routes }) {
    const table = [
      ...routes.extension.map((route) => ({ ...route, what: t('routeExtension', { name: route.name }) })),
      ...routes.gateway.map((route) => ({ ...route, what: t('routeGateway', { name: route.name }) })),
      ...routes.profile.map((route) => ({ ...route, what: t('routeProfile', { name: route.name }) })),
    ];
    return html`<section class="domain">
      <h2 class="domain-name">${name}</h2>
      ${contexts.map((context) => contextPanel(name, context))}
      ${
        table.length === 0 || search !== ''
          ? nothing
          : html`<div class="panel">
              <h3>${t('routes')}</h3>
              <ul class="routes">
                ${table.map(({ what, context }) => html`<li>${what} <span class="arrow" aria-hidden="true">→</span> <b>${context}</b></li>`)}
              </ul>
            </div>`
      }
    </section>`;
  }

  /** @param {string} domain @param {DialplanOverview['domains'][number]['contexts'][number]} context */
  function contextPanel(domain, { name, extensions }) {
    const shown = extensions
      .map((extension, index) => ({ extension, index }))
      .filter(({ extension }) => isFound(extension));
    if (search !== '' && shown.length === 0) return nothing;
    const most = Math.max(...extensions.map(({ today }) => today.tried), 1);
    return html`<div class="panel context">
      <h3>${t('context')} <b>${name}</b></h3>
      ${
        extensions.length === 0
          ? html`<p class="note">${t('emptyContext')}</p>`
          : html`<ol class="extensions">
              ${shown.map(({ extension, index }) => extensionItem(domain, name, extension, index, most))}
            </ol>`
      }
    </div>`;
  }

  /**
   * @param {string} domain @param {string} context @param {ExtensionSummary} extension @param {number} index
   * @param {number} most the most tries of an extension of the context
   */
  function extensionItem(domain, context, extension, index, most) {
    const id = idOf(domain, context, extension.name);
    const isOpen = unfolded.has(id);
    const details = unfolded.get(id);
    return html`<li>
      <button
        type="button"
        class="extension-button"
        aria-expanded=${isOpen}
        @click=${() => void unfold(domain, context, extension.name)}
      >
        <span class="order">${index + 1}</span>
        <span class="extension-name">${marked(extension.name, search)}</span>
        ${extension.continues ? html`<small class="tag" title=${t('continuesTitle')}>${t('continues')}</small>` : nothing}
        <span class="hits" title=${t('hitsTitle')}>
          <meter min="0" max=${most} value=${extension.today.matched} aria-hidden="true"></meter>
          <small>${t('hitsToday', { matched: extension.today.matched, tried: extension.today.tried })}</small>
        </span>
      </button>
      ${
        !isOpen
          ? nothing
          : html`<div class="extension-body">
              ${details === undefined ? html`<p class="note">${t('loading')}</p>` : conditions(details)}
              ${
                extension.lastMatchedAt === null
                  ? nothing
                  : html`<p class="note">
                      <a href=${`#/history?extension=${encodeURIComponent(extension.name)}`}
                        >${t('lastMatch', { time: moment(extension.lastMatchedAt) })}</a
                      >
                    </p>`
              }
            </div>`
      }
    </li>`;
  }
}

/** @param {DialplanOverview} overview */
function problems({ problems: all }) {
  const refused = all.filter(({ severity }) => severity === 'error');
  const warnings = all.filter(({ severity }) => severity === 'warning');
  return html`
    ${
      refused.length === 0
        ? nothing
        : html`<section class="panel notice bad" role="alert">
            <h2>${t('refusedTitle')}</h2>
            <p>${t('refusedText')}</p>
            ${problemList(refused)}
          </section>`
    }
    ${
      warnings.length === 0
        ? nothing
        : html`<section class="panel notice warn">
            <details ?open=${warnings.length < 4}>
              <summary>
                <h2>${t('warningsTitle')}</h2>
                <small>${number(warnings.length)}</small>
              </summary>
              ${problemList(warnings)}
            </details>
          </section>`
    }
  `;
}

/** @param {DialplanOverview['problems']} list */
function problemList(list) {
  return html`<ul class="problems">
    ${list.map(
      ({ location, line, column, path, message }) =>
        html`<li>
          <code>${line === null ? location : `${location}:${line}:${column}`}</code
          >${path === '' ? nothing : html` <code class="pointer">${path}</code>`}
          <span lang="en">${message}</span>
        </li>`,
    )}
  </ul>`;
}

/** @param {DialplanOverview} overview */
function reloads({ changes }) {
  const [last, ...earlier] = changes;
  if (last === undefined) return nothing;
  return html`<section class="panel">
    <h2>${t('lastReload')}</h2>
    ${change(last)}
    ${
      earlier.length === 0
        ? nothing
        : html`<details>
            <summary>${t('reloads')} <small>${earlier.length}</small></summary>
            ${earlier.map(change)}
          </details>`
    }
  </section>`;
}

/** @param {DialplanOverview['changes'][number]} one */
function change({ at, version, changed, changedCount, newProblems, solved }) {
  return html`<div class="change">
    <p>
      <b>${dayAndTime(at)}</b> · ${t('dialplanVersion', { version })}
      ${
        newProblems.length === 0
          ? nothing
          : html` · <span class="warn-text">${t('problemsNew', { count: newProblems.length })}</span>`
      }
      ${solved === 0 ? nothing : html` · <span class="good-text">${t('problemsSolved', { count: solved })}</span>`}
    </p>
    <details>
      <summary>${t('reloadedDocuments', { count: changedCount })}</summary>
      <ul class="documents">
        ${changed.map((location) => html`<li><code>${location}</code></li>`)}
        ${changedCount > changed.length ? html`<li>…</li>` : nothing}
      </ul>
    </details>
  </div>`;
}

/** @param {DialplanOverview} overview */
function unused({ domains, countingSince }) {
  const all = domains.flatMap(({ name: domain, contexts }) =>
    contexts.flatMap(({ name: context, extensions }) =>
      extensions.map((extension) => ({ domain, context, extension })),
    ),
  );
  const never = all.filter(({ extension }) => extension.sinceStart.tried === 0);
  const unmatched = all.filter(({ extension }) => extension.sinceStart.tried > 0 && extension.sinceStart.matched === 0);
  const time = dayAndTime(countingSince);
  if (all.length === 0) return nothing;
  return html`<section class="panel">
    <h2>${t('notReached')}</h2>
    ${
      never.length === 0
        ? html`<p class="note good-text">${t('allReached')}</p>`
        : html`<p class="note">${t('notReachedText', { time })}</p>
            ${extensionNames(never, domains.length > 1)}`
    }
    ${
      unmatched.length === 0
        ? nothing
        : html`<h2>${t('neverMatched')}</h2>
            <p class="note">${t('neverMatchedText', { time })}</p>
            ${extensionNames(unmatched, domains.length > 1)}`
    }
  </section>`;
}

/**
 * @param {{ domain: string, context: string, extension: ExtensionSummary }[]} list
 * @param {boolean} isOfMany whether there are several domains
 */
function extensionNames(list, isOfMany) {
  return html`<ul class="names">
    ${list.map(
      ({ domain, context, extension }) =>
        html`<li><b>${extension.name}</b> <small>${isOfMany ? `${domain} · ${context}` : context}</small></li>`,
    )}
  </ul>`;
}

/** @param {ExtensionDetails} details */
function conditions({ conditions: list }) {
  return html`<ul class="conditions">
    ${list.map(condition)}
  </ul>`;
}

/** @param {ConditionView} one */
function condition(one) {
  const { depth, rule, tests, actions, antiActions } = one;
  return html`<li class="depth-${Math.min(depth, 6)}">
    <p>
      <span class="quiet">${depth === 0 ? t('if') : t('within')}</span>
      ${rule === null ? test(one) : html`${ruleName(rule)}:`}
      ${one.break === 'on-false' ? nothing : html` <small class="tag">${t('breakNote', { break: one.break })}</small>`}
    </p>
    ${
      rule === null
        ? nothing
        : html`<ul class="rule">
            ${tests.map((each) => html`<li>${test(each)}</li>`)}
          </ul>`
    }
    ${actions.length === 0 ? nothing : actionList(t('then'), actions)}
    ${antiActions.length === 0 ? nothing : actionList(t('otherwise'), antiActions)}
  </li>`;
}

/** @param {Pick<ConditionView, 'field' | 'expression' | 'time'>} one */
function test({ field, expression, time }) {
  const times = Object.entries(time);
  const parts = [
    ...times.map(([name, value]) => html`${timeName(name)} ${t('matchesPattern')} <code>${value}</code>`),
    ...(field === null ? [] : [html`${fieldName(field)} ${t('matchesPattern')} <code>${expression}</code>`]),
  ];
  if (parts.length === 0) return t('alwaysShort');
  return parts.map((part, index) => html`${index === 0 ? nothing : ` ${t('and')} `}${part}`);
}

/** @param {string} label @param {ActionView[]} list */
function actionList(label, list) {
  return html`<div class="then">
    <span class="quiet">${label}</span>
    <ol>
      ${list.map(
        ({ application, data, inline, loop }) =>
          html`<li>
            <b class="application">${application}</b> <code>${data}</code>
            ${inline ? html`<small class="tag">${t('inline')}</small>` : nothing}
            ${loop === 1 ? nothing : html`<small class="tag">${t('times', { count: loop })}</small>`}
          </li>`,
      )}
    </ol>
  </div>`;
}

/** @param {string[]} parts */
function idOf(...parts) {
  return JSON.stringify(parts);
}
