// Makes `embed/selvage.js` and its typings of one TypeScript file that imports nothing: an app that embeds the workbench loads
// or copies them, so that they have plain names, keep their exports, and need no bundler.

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import ts from 'typescript';

export function embedModule(file: string): Plugin {
  return {
    name: 'selvage-embed',
    apply: 'build',
    generateBundle() {
      const source = readFileSync(file, 'utf8');
      const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, isolatedDeclarations: true, declaration: true };
      const typings = ts.transpileDeclaration(source, { compilerOptions, fileName: file, reportDiagnostics: true });
      const [wrong] = typings.diagnostics ?? [];
      if (wrong) this.error(`${file}: ${ts.flattenDiagnosticMessageText(wrong.messageText, ' ')}`);
      this.emitFile({ type: 'asset', fileName: 'embed/selvage.js', source: ts.transpileModule(source, { compilerOptions }).outputText });
      this.emitFile({ type: 'asset', fileName: 'embed/selvage.d.ts', source: typings.outputText });
    },
  };
}
