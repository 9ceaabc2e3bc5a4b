/** A small chart of the last hour. */
import { clock, number, t } from './language.js';
import { uPlot } from './lib.js';

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} colour a custom property of the style sheet
 * @property {boolean} [filled]
 */

const HEIGHT = 132;
/** Of the page's own size, which is larger on a wall. */
const FONT_SHARE = 0.73;
/** What is shown at least, so that the first minutes are no cliff. */
const SHORTEST_SECONDS = 600;
const DARK = matchMedia('(prefers-color-scheme: dark)');

export class Chart {
  element = document.createElement('div');
  #plot = document.createElement('div');
  #readout = document.createElement('p');
  #heading = document.createElement('h2');
  /** @type {uPlot | undefined} */
  #chart;
  /** @type {(number | null | undefined)[][]} */
  #data = [[]];
  #observer = new ResizeObserver(() => {
    this.#resize();
  });

  /** @param {() => string} title @param {() => Line[]} lines */
  constructor(title, lines) {
    this.title = title;
    this.lines = lines;
    this.element.className = 'chart';
    this.#plot.className = 'chart-plot';
    this.#plot.setAttribute('role', 'img');
    this.#readout.className = 'chart-readout';
    const head = document.createElement('div');
    head.className = 'chart-head';
    head.append(this.#heading, this.#readout);
    this.element.append(head, this.#plot);
    this.#observer.observe(this.#plot);
    DARK.addEventListener('change', this.#draw);
  }

  /** @param {(number | null | undefined)[][]} data times in seconds, then each line's values */
  update(data) {
    this.#data = data;
    this.#describe();
    if (this.#chart === undefined) this.#draw();
    else this.#chart.setData(/** @type {uPlot.AlignedData} */ (data));
    this.#read(undefined);
  }

  /** Draws everything anew, in another language or other colours. */
  #draw = () => {
    this.#chart?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      font: `${Math.round(Number.parseFloat(style.fontSize) * FONT_SHARE)}px ${style.fontFamily}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    this.#chart = new uPlot(
      {
        width: Math.max(this.#plot.clientWidth, 100),
        height: HEIGHT,
        legend: { show: false },
        padding: [8, 20, 0, 0],
        cursor: { y: false, points: { size: 7 } },
        scales: {
          x: { range: (_chart, first, last) => [Math.min(first, last - SHORTEST_SECONDS), last] },
          y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, 1)] },
        },
        axes: [
          {
            ...axis,
            size: 22,
            space: 64,
            values: (_chart, times) => times.map((time) => clock(time * 1000).slice(0, 5)),
          },
          { ...axis, size: 40, space: 34, values: (_chart, values) => values.map((value) => number(value)) },
        ],
        series: [
          {},
          ...this.lines().map(({ label, colour: name, filled }) => ({
            label,
            stroke: colour(name),
            width: 1.5,
            ...(filled === true ? { fill: `${colour(name)}26` } : {}),
            points: { show: false },
          })),
        ],
        hooks: {
          setCursor: [
            (/** @type {uPlot} */ chart) => {
              this.#read(chart.cursor.idx ?? undefined);
            },
          ],
        },
      },
      /** @type {uPlot.AlignedData} */ (this.#data),
      this.#plot,
    );
    this.#describe();
  };

  close() {
    this.#observer.disconnect();
    DARK.removeEventListener('change', this.#draw);
    this.#chart?.destroy();
  }

  #resize() {
    const width = this.#plot.clientWidth;
    if (this.#chart !== undefined && width > 0 && this.#chart.width !== width)
      this.#chart.setSize({ width, height: HEIGHT });
  }

  /** What is seen, in words. */
  #describe() {
    const title = this.title();
    this.#heading.textContent = title;
    const values = (this.#data.at(-1) ?? []).filter((value) => typeof value === 'number');
    const now = number(values.at(-1) ?? 0);
    this.#plot.setAttribute('aria-label', t('chartText', { title, now, highest: number(Math.max(0, ...values)) }));
  }

  /** Values under the pointer, or the last ones there are. @param {number | undefined} index */
  #read(index) {
    const [times = [], ...lines] = this.#data;
    const time = times[index ?? times.length - 1];
    const parts = this.lines().map(({ label, colour }, line) => {
      const values = lines[line] ?? [];
      const value = index === undefined ? values.findLast((known) => typeof known === 'number') : values[index];
      const part = document.createElement('span');
      part.className = `readout ${colour.slice(2)}`;
      part.textContent = `${label} ${typeof value === 'number' ? number(value) : '–'}`;
      return part;
    });
    const when = index === undefined || typeof time !== 'number' ? '' : clock(time * 1000);
    this.#readout.replaceChildren(...parts, when);
  }
}
