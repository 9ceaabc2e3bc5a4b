/** A call: what happened, why it went where it went, the channel's data. */
import { ApiFailure, ask } from './api.js';
import { callHeadPart } from './call-head.js';
import { callTitle, emptyState, loadFailure } from './call-parts.js';
import { callTimeline, moment } from './call-timeline.js';
import { channelDataPart } from './channel-data.js';
import { t } from './language.js';
import { html, nothing } from './lib.js';
import { whyPart } from './why.js';

/** @typedef {import('../src/supervisor/schemas/calls.js').CallDetails} CallDetails */

const REFRESH_MS = 500;

/** @param {import('./view.js').ViewContext} context @param {string} key @returns {import('./view.js').View} */
export function callView({ live, redraw }, key) {
  /** @type {CallDetails | undefined} */
  let details;
  /** @type {ApiFailure | undefined} */
  let failure;
  const callHead = callHeadPart(redraw);
  const why = whyPart(redraw);
  const channelData = channelDataPart(redraw);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let refreshing;

  async function load() {
    try {
      details = /** @type {CallDetails} */ (await ask(`calls/${encodeURIComponent(key)}`));
      failure = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      // What was there stays to be read while the server is gone.
      if (details === undefined || error.status === 404) failure = error;
    }
    redraw();
  }

  const endChanges = live.onChange((keys) => {
    if (details?.call.endedAt !== null && details !== undefined) return;
    if (keys !== undefined && !keys.has(key)) return;
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      void load();
    }, REFRESH_MS);
  });
  const ticking = setInterval(() => {
    if (details?.call.endedAt === null) redraw();
  }, 1000);
  void load();

  function template() {
    if (failure?.status === 404)
      return html`<h1 class="visually-hidden">${t('call')}</h1>
        ${
          failure.code === 'details_gone'
            ? emptyState(t('detailsGone'), t('detailsGoneText'))
            : html`${emptyState(t('noSuchCall'), t('noSuchCallText'))}
                <p class="more"><a class="button" href=${searchLink(key)}>${t('searchForIt')}</a></p>`
        }`;
    if (failure !== undefined) return loadFailure(failure.message, () => void load());
    if (details === undefined) return html`<p class="empty">${t('loading')}</p>`;
    const { call, data, trace, log } = details;
    const visit = /:(\d+)$/.exec(call.key)?.[1];
    const head = {
      dump: `api/v1/calls/${encodeURIComponent(call.key)}/dump`,
      noDump: noDump(details),
      ...(visit === undefined ? {} : { note: t('anotherVisit', { count: Number(visit) }) }),
    };
    return html`
      ${callHead(call, head)}
      <div class="columns">
        <section class="panel">
          <h2>${t('timeline')}</h2>
          ${callTimeline(details, live.now(), chosen(details))}
        </section>
        <section class="panel">${why({ trace, log, matched: call.matched }, nothing)}</section>
      </div>
      <section class="panel">${channelData(data)}</section>
    `;
  }

  return {
    title: () => (details === undefined ? t('call') : callTitle(details.call)),
    template,
    close() {
      endChanges();
      clearInterval(ticking);
      clearTimeout(refreshing);
    },
  };
}

/** Files have a channel's uuid, whatever its visit. @param {string} key */
function searchLink(key) {
  return `#/history?${new URLSearchParams({ text: key.replace(/:\d+$/, '') }).toString()}`;
}

/** Why there is no download; undefined where there is one. @param {CallDetails} details */
function noDump({ call, isMasked }) {
  return isMasked ? t('downloadMasked') : call.endedAt === null ? t('downloadLive') : undefined;
}

/** What chose the context, as an event of the timeline. @param {CallDetails} details */
function chosen(details) {
  const { call, contextAskedFor } = details;
  const { isThere } = details.choice.context;
  return moment(
    call.arrivedAt,
    call.arrivedAt,
    t(isThere ? 'tlContext' : 'tlNoContext', { context: isThere ? call.context : contextAskedFor }),
    html`<small>${choiceText(details)}</small>`,
  );
}

/** @type {Record<CallDetails['choice']['context']['by'], import('./language.js').Word>} */
const CHOSEN_BY = {
  asked: 'byAsked',
  path: 'byPath',
  transfer: 'byTransfer',
  extension: 'byExtension',
  gateway: 'byGateway',
  profile: 'byProfile',
  default: 'byDefault',
};

/** What chose context and domain. @param {CallDetails} details */
function choiceText({ call, contextAskedFor, choice }) {
  const { context, domain } = choice;
  const variable = domain.variable ?? '';
  const isOther = context.isThere && contextAskedFor.toLowerCase() !== call.context.toLowerCase();
  const values = { domain: call.domain, variable, unknown: domain.unknown ?? '' };
  return [
    t(CHOSEN_BY[context.by], { name: context.of ?? '' }),
    isOther ? t('insteadOf', { name: contextAskedFor }) : '',
    t(domain.unknown !== null ? 'domainUnknown' : variable === '' ? 'domainDefault' : 'domainBy', values),
  ]
    .filter((part) => part !== '')
    .join(t('listComma'));
}
