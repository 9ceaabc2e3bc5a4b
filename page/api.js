/** What the page asks of its server. */

export class ApiFailure extends Error {
  /** @param {number} status 0 if nobody answered @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @type {(failure: ApiFailure) => void} */
let onUnknownReader = () => undefined;

/** @param {(failure: ApiFailure) => void} listener called when the server does not know who asks */
export function whenUnknownReader(listener) {
  onUnknownReader = listener;
}

/**
 * @template Answer
 * @param {string} path under `api/v1/`
 * @param {{ query?: Record<string, string | number>, signal?: AbortSignal }} [options]
 * @returns {Promise<Answer>}
 */
export async function ask(path, { query = {}, signal } = {}) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await send(`api/v1/${path}${search.size > 0 ? `?${search.toString()}` : ''}`, {
    ...(signal === undefined ? {} : { signal }),
  });
  return /** @type {Promise<Answer>} */ (response.json());
}

/** @param {string} token */
export async function signIn(token) {
  const body = JSON.stringify({ token });
  await send('api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body }, false);
}

export async function signOut() {
  await send('api/v1/session', { method: 'DELETE' }, false);
}

/** @param {string} url @param {RequestInit} init @param {boolean} [tells] whether an unknown reader is told of */
async function send(url, init, tells = true) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiFailure(0, 'no_answer', /** @type {Error} */ (error).message);
  }
  if (response.ok) return response;
  const failure = await failureOf(response);
  if (tells && response.status === 401) onUnknownReader(failure);
  throw failure;
}

/** @param {Response} response */
async function failureOf(response) {
  try {
    const { error, message } = /** @type {{ error: string, message: string }} */ (await response.json());
    return new ApiFailure(response.status, error, message);
  } catch {
    return new ApiFailure(response.status, 'no_reason', response.statusText);
  }
}
