// What a run reports on its way to the kernel, which weighs each report: a run that logs much would keep it from all else for seconds.

const LOGGED = '{"kind":"logged",';

/** The same reports, with entries of the log that follow each other as one. */
export function joined(reports: readonly string[]): string[] {
  const all: string[] = [];
  let entries: unknown[] = [];
  const close = () => {
    if (entries.length > 0) all.push(JSON.stringify({ kind: "logged", entries }));
    entries = [];
  };
  for (const report of reports) {
    if (report.startsWith(LOGGED)) entries.push(...(JSON.parse(report) as { entries: unknown[] }).entries);
    else {
      close();
      all.push(report);
    }
  }
  close();
  return all;
}
