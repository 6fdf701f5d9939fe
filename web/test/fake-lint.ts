// What the fixture's lint says: a few line-by-line rules, enough for every shape that the page shows.

import type { Diagnostic, FlowEntry, Foreseen, InputSpec, LintReport } from '../src/lib/tools';

export function fakeLint(path: string, content: string, isThere: (path: string) => boolean = () => true): LintReport {
  const diagnostics: Diagnostic[] = [];
  content.split('\n').forEach((line, index) => {
    const at = (needle: string | RegExp): number => line.search(needle);
    const place = (column: number, length: number) => ({
      start: { line: index + 1, column: column + 1, offset: 0 },
      end: { line: index + 1, column: column + 1 + length, offset: 0 },
    });
    const loose = at(/(?<!await )(?<![\w.])flow\.fs\.(write|mkdir|remove)/);
    if (loose >= 0)
      diagnostics.push({
        code: 'unawaited-host-call', severity: 'warning', path, span: place(loose, 13), message: 'The run may end before this call is done.', hint: 'Await it.',
        fix: { title: 'Add `await`', safe: true, edits: [{ span: place(loose, 0), text: 'await ' }] },
      });
    const unknown = at(/flow\.fs\.raed\w*/);
    if (unknown >= 0)
      diagnostics.push({
        code: 'unknown-flow-member', severity: 'error', path, span: place(unknown + 8, 8), message: '`flow.fs` has no member `raedText`.', hint: 'Did you mean `readText`?',
        fix: { title: 'Change to `readText`', safe: true, edits: [{ span: place(unknown + 8, 8), text: 'readText' }] },
      });
    const imported = /from '\.\.\/([^']+)'/.exec(line)?.[1];
    if (imported !== undefined && !isThere(imported))
      diagnostics.push({ code: 'unresolved-import', severity: 'error', path, span: place(at(/'\.\.\//), imported.length + 5), message: `There is no \`${imported}\`.` });
    if (at(/while \(true\)/) >= 0)
      diagnostics.push({ code: 'unbounded-loop', severity: 'info', path, span: place(at(/while/), 12), message: 'Nothing in this loop ends it.', hint: 'It will run until its fuel is used up.' });
  });
  const found = (pattern: RegExp): string[] => [...new Set([...content.matchAll(pattern)].map((match) => match[1] ?? ''))];
  return {
    ok: !diagnostics.some((one) => one.severity === 'error'),
    diagnostics,
    fixed: 0,
    shape: /export default/.test(content) ? 'module' : /function setup/.test(content) ? 'setup' : 'script',
    ...(/@title (.+)/.exec(content)?.[1] ? { title: /@title (.+)/.exec(content)?.[1] ?? '' } : {}),
    ...(/@description (.+)/.exec(content)?.[1] ? { description: /@description (.+)/.exec(content)?.[1] ?? '' } : {}),
    inputs: found(/@input (\{.+\})/g).map((text) => JSON.parse(text) as InputSpec),
    ...(found(/@entry (\{.+\})/g).length ? { entries: found(/@entry (\{.+\})/g).map((text) => JSON.parse(text) as FlowEntry) } : {}),
    outputs: [],
    grant: {
      read: found(/fs\.read\w*\(['"]([^'"]+)['"]/g).concat(/flow\.args/.test(content) ? ['data/**'] : []),
      write: found(/fs\.write\w*\(['"]([^'"]+)['"]/g),
      net: found(/fetch\(['"]https:\/\/([^/'"]+)/g),
      tools: found(/flow\.call\(['"](\w+)['"]/g),
    },
    policy: found(/@policy (\{.+\})/g).map((text) => JSON.parse(text) as Foreseen),
  };
}
