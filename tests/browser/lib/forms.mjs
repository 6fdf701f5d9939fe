// The workspace of `tests/forms`: a form, its workflow, the data providers that feed it, and a module.

import { readdirSync, readFileSync } from 'node:fs';
import { value } from './workbench.mjs';

const FOLDER = new URL('../../forms/', import.meta.url);

/** Writes all of it into the workspace of a page. */
export async function writeFixture(page) {
  for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    const path = file.slice(file.indexOf('tests/forms/') + 'tests/forms/'.length).replaceAll('//', '/');
    await value(page, 'write', { path, content: readFileSync(file, 'utf8') });
  }
}
