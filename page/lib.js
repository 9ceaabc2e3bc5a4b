/** The libraries the page is made with, as their packages ship them. */
export { html, nothing, render } from './lib/lit-html/lit-html.js';
export { repeat } from './lib/lit-html/directives/repeat.js';
export { live } from './lib/lit-html/directives/live.js';
export { ref } from './lib/lit-html/directives/ref.js';
export { default as uPlot } from './lib/uplot/uPlot.esm.js';
