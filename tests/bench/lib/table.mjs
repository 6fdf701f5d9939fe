// Figures in rows: ours, the peers', the ratio to the best of them, and the target.

/** The smallest value that this part of the values does not exceed, by the nearest rank: 0.5 for the median. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

export const median = (values) => quantile(values, 0.5);

export class Table {
  #title;
  #peers;
  #rows = [];
  #notes = [];

  constructor(title, peers = ['quickjs']) {
    this.#title = title;
    this.#peers = peers;
  }

  /**
   * A row. `ours` and `peer` are numbers in `unit` or nothing; with several peers, `peers` holds their numbers by name.
   * `target` is the most that ours may be.
   */
  row(name, { ours, peer, peers = { [this.#peers[0]]: peer }, target, unit = 'ms' }) {
    this.#rows.push({ name, ours, peers: this.#peers.map((name) => peers[name]), target, unit });
  }

  /** A line below the table. */
  note(text) {
    this.#notes.push(text);
  }

  print() {
    const figure = (value) => (value === undefined ? '-' : value >= 1000 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
    const ratio = (ours, peers) => {
      const best = Math.min(...peers.filter((peer) => peer > 0));
      return ours === undefined || best === Infinity ? '-' : `${(ours / best).toFixed(2)}x`;
    };
    const lines = this.#rows.map(({ name, ours, peers, target, unit }) => [
      `${name}${unit ? ` (${unit})` : ''}`,
      figure(ours),
      ...peers.map(figure),
      ratio(ours, peers),
      target === undefined ? '-' : figure(target),
      target === undefined || ours === undefined ? '' : ours <= target ? 'met' : 'MISSED',
    ]);
    const all = [[this.#title, 'selvage', ...this.#peers, 'ratio', 'target', ''], ...lines];
    const widths = all[0].map((_, column) => Math.max(...all.map((line) => line[column].length)));
    console.log();
    for (const line of all) console.log(line.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join('  ').trimEnd());
    for (const text of this.#notes) console.log(`  ${text}`);
  }
}
