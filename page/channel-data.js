/** The channel's data when the call arrived, with a search. */
import { marked } from './call-parts.js';
import { t } from './language.js';
import { html } from './lib.js';

/** @param {() => void} redraw */
export function channelDataPart(redraw) {
  let search = '';

  /** @param {import('../src/supervisor/schemas/calls.js').CallDetails['data']} data */
  return function channelData(data) {
    const wanted = search.trim().toLowerCase();
    const found = data.filter(({ name, value }) => `${name}\n${value}`.toLowerCase().includes(wanted));
    return html`
      <div class="panel-head">
        <h2>${t('channelData')}</h2>
        <label class="search">
          <span class="visually-hidden">${t('searchData')}</span>
          <input type="search" name="data" placeholder=${t('searchData')} .value=${search} @input=${onSearch} />
        </label>
      </div>
      <p class="note" role="status">
        ${wanted === '' ? t('channelDataText') : t('dataFound', { count: found.length, total: data.length })}
      </p>
      ${
        found.length === 0
          ? html`<p class="empty">${t('nothingFound', { text: search })}</p>`
          : html`<table class="data">
              <thead class="visually-hidden">
                <tr>
                  <th scope="col">${t('name')}</th>
                  <th scope="col">${t('value')}</th>
                </tr>
              </thead>
              <tbody>
                ${found.map(
                  ({ name, value }) =>
                    html`<tr>
                      <th scope="row">${marked(name, wanted)}</th>
                      <td>${marked(value, wanted)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    `;
  };

  /** @param {Event & { target: HTMLInputElement }} event */
  function onSearch(event) {
    search = event.target.value;
    redraw();
  }
}
