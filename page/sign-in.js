/** What a reader sees whom the server does not know. */
import { ApiFailure, signIn } from './api.js';
import { t } from './language.js';
import { html, nothing } from './lib.js';

/**
 * @param {{ takesTokens: boolean, redraw: () => void, onSignedIn: () => void }} options
 * @returns {import('./view.js').View}
 */
export function signInView({ takesTokens, redraw, onSignedIn }) {
  let message = '';

  /** @param {SubmitEvent & { target: HTMLFormElement }} event */
  async function submit(event) {
    event.preventDefault();
    const token = new FormData(event.target).get('token');
    try {
      await signIn(typeof token === 'string' ? token : '');
      onSignedIn();
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      message = error.status === 401 ? t('wrongToken') : t('failedToLoad', { message: error.message });
      redraw();
    }
  }

  return {
    title: () => t('signIn'),
    template: () =>
      html`<section class="panel sign-in">
        <h1>${t('signIn')}</h1>
        ${
          takesTokens
            ? html`<p>${t('signInText')}</p>
                <form @submit=${(/** @type {SubmitEvent & { target: HTMLFormElement }} */ event) => void submit(event)}>
                  <label class="field">
                    <span>${t('token')}</span>
                    <input type="password" name="token" autocomplete="current-password" required autofocus />
                  </label>
                  <button type="submit" class="primary">${t('signIn')}</button>
                  ${message === '' ? nothing : html`<p class="bad-text" role="alert">${message}</p>`}
                </form>`
            : html`<p>${t('throughProxy')}</p>`
        }
      </section>`,
    close: () => undefined,
  };
}
