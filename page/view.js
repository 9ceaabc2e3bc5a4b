/** What a view of the page is. */

/**
 * @typedef {object} ViewContext
 * @property {import('./live-calls.js').LiveCalls} live
 * @property {() => void} redraw shows the view anew, soon
 * @property {import('../src/supervisor/schemas/readers.js').Reader} reader
 */

/**
 * @typedef {object} View
 * @property {() => string} title
 * @property {() => import('./lib.js').TemplateResult} template
 * @property {() => void} [afterRender]
 * @property {() => void} [onLanguage] the language is another
 * @property {() => void} close
 */

export {};
