/** What happened to a call, and when. */
import { outcomeText } from './call-parts.js';
import { clock, duration, running, t } from './language.js';
import { html, nothing } from './lib.js';

/**
 * @param {Pick<import('../src/supervisor/schemas/calls.js').CallDetails, 'call' | 'applications'>} details
 * @param {number} now
 * @param {unknown} chosen the event that says what chose the context
 */
export function callTimeline({ call, applications }, now, chosen) {
  const until = call.endedAt ?? now;
  const whole = Math.max(until - call.arrivedAt, 1);
  return html`<ol class="timeline">
    ${moment(call.arrivedAt, call.arrivedAt, t('tlArrived'), nothing)} ${chosen}
    ${
      call.decisionMs === null
        ? call.endedAt === null
          ? nothing
          : moment(until, call.arrivedAt, t('tlNothing'), nothing)
        : moment(
            call.arrivedAt + call.decisionMs,
            call.arrivedAt,
            t('tlDecided', {
              time: duration(call.decisionMs),
              matched: call.matched.length === 0 ? t('tlNoMatch') : call.matched.join(', '),
            }),
            nothing,
          )
    }
    ${applications.map(({ name, data, startedAt, endedAt, response }) => {
      const took =
        endedAt !== null
          ? duration(endedAt - startedAt)
          : call.endedAt === null
            ? t('tlRunning', { time: running(now - startedAt) })
            : t('tlCut');
      return moment(
        startedAt,
        call.arrivedAt,
        html`<b class="application">${name}</b> <code>${data}</code>`,
        html`<meter min="0" max=${whole} value=${(endedAt ?? until) - startedAt} aria-hidden="true"></meter
          ><small
            >${took}${response === null || response === '_none_' || response === '' ? nothing : html` · ${response}`}</small
          >`,
        endedAt === null && call.endedAt === null ? 'running' : 'app',
      );
    })}
    ${
      call.endedAt === null
        ? nothing
        : moment(call.endedAt, call.arrivedAt, t('tlEnded', { outcome: outcomeText(call) }), nothing, 'end')
    }
  </ol>`;
}

/**
 * @param {number} at @param {number} from @param {unknown} what @param {unknown} more @param {string} [kind]
 */
export function moment(at, from, what, more, kind = '') {
  return html`<li class=${kind}>
    <time datetime=${new Date(at).toISOString()} title=${clock(at)}>+${duration(Math.max(at - from, 0))}</time>
    <div><span>${what}</span>${more}</div>
  </li>`;
}
