// What lint says about the open flows, and what it learned of them: inputs, title, least grant.

import type { Kernel } from './kernel';
import type { Diagnostic, LintReport } from './tools';

const LINT_AFTER_MS = 200;

export class Problems {
  reports = $state.raw<ReadonlyMap<string, LintReport>>(new Map());
  all = $derived(
    [...this.reports.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([path, report]) => report.diagnostics.map((diagnostic) => ({ ...diagnostic, path: diagnostic.path || path }))),
  );
  errors = $derived(this.all.filter((one) => one.severity === 'error').length);
  warnings = $derived(this.all.filter((one) => one.severity === 'warning').length);
  /** What panels and tabs count: all but hints and notes. */
  count = $derived(this.errors + this.warnings);
  #asked = new Map<string, number>();
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    readonly kernel: Kernel,
    /** The domains that the person would grant to a flow. */
    readonly allowed: (path: string) => string[] = () => [],
  ) {}

  /** Lints a little later; a newer request for the same path takes its place. */
  request(path: string, content: () => string | undefined, then?: (diagnostics: Diagnostic[]) => void): void {
    clearTimeout(this.#timers.get(path));
    this.#timers.set(path, setTimeout(() => void this.lint(path, content(), then), LINT_AFTER_MS));
  }

  /** Lints now. An answer that a newer request has overtaken is dropped. */
  async lint(path: string, content: string | undefined, then?: (diagnostics: Diagnostic[]) => void): Promise<LintReport | undefined> {
    const number = (this.#asked.get(path) ?? 0) + 1;
    this.#asked.set(path, number);
    const result = await this.kernel.call('lint_flow', { path, allowNet: this.allowed(path), ...(content === undefined ? {} : { content }) });
    if (this.#asked.get(path) !== number) return undefined;
    if (!result.ok) {
      this.drop(path);
      then?.([]);
      return undefined;
    }
    const said = result.value as LintReport;
    const known = this.reports.get(path)?.entries;
    // A text that is being typed is often broken for a moment: what its functions take is then what it said before.
    const report = !said.ok && !said.entries?.length && known?.length ? { ...said, entries: known } : said;
    this.reports = new Map(this.reports).set(path, report);
    then?.(report.diagnostics);
    return report;
  }

  of(path: string): LintReport | undefined {
    return this.reports.get(path);
  }

  drop(path: string): void {
    clearTimeout(this.#timers.get(path));
    this.#asked.set(path, (this.#asked.get(path) ?? 0) + 1);
    if (!this.reports.has(path)) return;
    const reports = new Map(this.reports);
    reports.delete(path);
    this.reports = reports;
  }
}
