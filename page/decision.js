/** Why a call went where it went, extension by extension, for somebody who writes no dialplans. */
import { t, weekday } from './language.js';
import { html, nothing } from './lib.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').TraceStep} TraceStep */

/**
 * @typedef {object} Tried one extension that was tried
 * @property {string} extension
 * @property {string} context
 * @property {boolean} continues
 * @property {boolean} matched
 * @property {TraceStep[]} steps
 */

/** Fields of the caller profile that have a name outside of FreeSWITCH. @type {Record<string, import('./language.js').Word>} */
const FIELDS = {
  destination_number: 'fieldNumber',
  caller_id_number: 'fieldCaller',
  caller_id_name: 'fieldName',
  network_addr: 'fieldAddress',
  context: 'fieldContext',
};

/** Attributes of a time test. @type {Record<string, import('./language.js').Word>} */
const TIMES = {
  'date-time': 'timeDate',
  year: 'timeYear',
  yday: 'timeYearDay',
  mon: 'timeMonth',
  mday: 'timeDay',
  week: 'timeWeek',
  mweek: 'timeMonthWeek',
  wday: 'timeWeekday',
  hour: 'timeHour',
  minute: 'timeMinute',
  'minute-of-day': 'timeDayMinute',
  'time-of-day': 'timeOfDay',
  'tz-offset': 'timeOffset',
  dst: 'timeSummer',
};

/** @param {TraceStep[]} trace @param {readonly string[]} matched extensions that matched, in order @returns {Tried[]} */
export function triedExtensions(trace, matched) {
  /** @type {Tried[]} */
  const tried = [];
  let next = 0;
  for (const step of trace) {
    if (step.kind === 'parsing') {
      const extension = step.extension ?? '';
      const isMatch = matched[next] === extension;
      if (isMatch) next += 1;
      const continues = step.continue === 'true';
      tried.push({ extension, context: step.context ?? '', continues, matched: isMatch, steps: [] });
    } else {
      tried.at(-1)?.steps.push(step);
    }
  }
  return tried;
}

/** @param {TraceStep[]} trace @param {readonly string[]} matched */
export function decisionSteps(trace, matched) {
  const tried = triedExtensions(trace, matched);
  if (tried.length === 0) return html`<p class="note">${t('noTrace')}</p>`;
  const last = tried.at(-1);
  const stopped = last !== undefined && last.matched && !last.continues;
  return html`
    <ol class="tried">
      ${grouped(tried).map((group) =>
        group.length > 2 && group.every(({ matched: isMatch }) => !isMatch)
          ? html`<li class="passed-group">
              <details>
                <summary>${t('passedBefore', { count: group.length })}</summary>
                <ol class="tried">
                  ${group.map(triedExtension)}
                </ol>
              </details>
            </li>`
          : group.map(triedExtension),
      )}
    </ol>
    <p class="stop ${stopped ? 'good' : 'warn'}">${t(stopped ? 'stopsHere' : 'stopsNowhere')}</p>
  `;
}

/** Those that did not match stand together. @param {Tried[]} tried */
function grouped(tried) {
  /** @type {Tried[][]} */
  const groups = [];
  for (const one of tried) {
    const group = groups.at(-1);
    if (group === undefined || one.matched || group[0]?.matched === true) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

/** @param {Tried} tried */
function triedExtension({ extension, matched, continues, steps }) {
  const acted = !matched && steps.some(({ kind }) => kind === 'action');
  const word = matched ? (continues ? 'goesOn' : 'extensionMatched') : acted ? 'extensionActed' : 'extensionPassed';
  return html`<li class="extension ${matched ? 'matched' : 'passed'}">
    <div class="extension-head">
      <span class="mark" aria-hidden="true">${matched ? '✓' : '✕'}</span>
      <b>${extension}</b>
      <span class="verdict">${t(word)}</span>
    </div>
    <ul class="steps">
      ${steps.map(stepItem)}
    </ul>
  </li>`;
}

/** @param {TraceStep} step */
function stepItem(step) {
  return html`<li class="step depth-${Math.min(step.depth ?? 0, 6)} ${step.kind}">${stepText(step)}</li>`;
}

/** @param {TraceStep} step */
function stepText(step) {
  switch (step.kind) {
    case 'regex':
      return html`${verdictMark(step.passed)}
        <span>
          ${fieldName(step.field ?? '')} ${step.value === '' ? empty() : html`<q class="value">${step.value}</q>`}
          ${holdsText(step.passed === true)}
          ${step.expression === '' ? empty() : html`<code>${step.expression}</code>`}${breakNote(step)}
        </span>`;
    case 'time':
      return html`${verdictMark(step.passed)}
        <div>
          ${t(step.passed === true ? 'timeHolds' : 'timeHoldsNot')}${breakNote(step)}
          <ul class="compared">
            ${step.compared?.map(
              ({ attribute, expected, actual, holds }) =>
                html`<li>
                  ${verdictMark(holds)}
                  <span>
                    ${timeName(attribute)}
                    <q class="value">${attribute === 'wday' ? weekday(actual) : actual}</q> ${holdsText(holds)}
                    <code>${expected}</code>
                  </span>
                </li>`,
            )}
          </ul>
        </div>`;
    case 'rule':
      return html`${verdictMark(step.passed)}
        <span
          >${t(step.passed === true ? 'ruleHolds' : 'ruleHoldsNot', { rule: ruleName(step.rule) })}${breakNote(step)}</span
        >`;
    case 'absolute':
      return html`${verdictMark(true)} <span>${t('always')}</span>`;
    case 'nested':
      return html`<span class="quiet">${t('nested')}</span>`;
    case 'action':
      return html`<span class="arrow" aria-hidden="true">→</span>
        <span>
          <span class="quiet">${t(step.anti === true ? 'takesAnti' : 'takes')}</span>
          <b class="application">${step.application}</b> <code>${step.data}</code>
          ${step.inline === true ? html`<small class="tag">${t('inline')}</small>` : nothing}
        </span>`;
    case 'problem':
      return html`<span class="warn-text" lang="en">${step.message}</span>`;
    case 'parsing':
      return nothing;
  }
}

/** @param {boolean} holds */
function holdsText(holds) {
  return html`<b class=${holds ? 'good-text' : 'bad-text'}>${t(holds ? 'holds' : 'holdsNot')}</b>`;
}

function empty() {
  return html`<i class="quiet">(${t('isEmpty')})</i>`;
}

/** @param {boolean | undefined} passed */
function verdictMark(passed) {
  return passed === true
    ? html`<span class="mark good-text" aria-hidden="true">✓</span>`
    : html`<span class="mark bad-text" aria-hidden="true">✕</span>`;
}

/** FreeSWITCH's default is not worth a word. @param {TraceStep} step */
function breakNote(step) {
  return step.break === undefined || step.break === 'on-false'
    ? nothing
    : html` <small class="tag">${t('breakNote', { break: step.break })}</small>`;
}

/** A field as people call it, and as FreeSWITCH does. @param {string} field */
export function fieldName(field) {
  const word = FIELDS[field];
  return word === undefined ? html`<code>${field}</code>` : html`<span title=${field}>${t(word)}</span>`;
}

/** An attribute of a time test likewise. @param {string} attribute */
export function timeName(attribute) {
  const word = TIMES[attribute];
  return word === undefined ? html`<code>${attribute}</code>` : html`<span title=${attribute}>${t(word)}</span>`;
}

/** @param {string | null | undefined} rule */
export function ruleName(rule) {
  if (rule === 'all') return t('ruleAll');
  return t(rule === 'xor' ? 'ruleXor' : 'ruleAny');
}
