// What a person and a script do in the page. Everything here works in a Playwright page and in a
// Puppeteer page alike: both evaluate functions and click handles.

import { strict as assert } from 'node:assert';

const WAIT_MS_MAX = 20_000;
const LOOK_MS = 40;

/** Opens the workbench and waits until its tools answer. */
export async function openWorkbench(page, url) {
  await page.goto(url);
  await ready(page);
}

/** Waits until the workspace is open: calls that come earlier wait for it, so one call tells. */
export async function ready(page) {
  await until('the page has its API', () => page.evaluate(() => typeof window.selvage === 'object'));
  const status = await call(page, 'workspace_status', {});
  assert.equal(status.ok, true, JSON.stringify(status));
  return status.value;
}

/** Calls a tool as a script in the page's console does. */
export function call(page, name, input) {
  return page.evaluate(([name, input]) => window.selvage.tools.call(name, input), [name, input]);
}

/** Calls a tool that is expected to work, and gives its value. */
export async function value(page, name, input) {
  const result = await call(page, name, input);
  assert.equal(result.ok, true, `${name}: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** Waits until `look` gives something true, and gives that. What it throws counts as not yet. */
export async function until(what, look, msMax = WAIT_MS_MAX) {
  const end = performance.now() + msMax;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${msMax / 1000} s in vain: ${what} (last: ${last})`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/**
 * Finds what can be seen by role and name, as assistive technology does: the name is the label,
 * the `aria-label` or the text. A string must be the whole name.
 */
export async function find(page, role, name, msMax) {
  const pattern = name instanceof RegExp ? [name.source, name.flags] : [`^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`, ''];
  const handle = await until(`a ${role} called ${name} is on the page`, async () => {
    const found = await page.evaluateHandle(lookUp, [role, ...pattern]);
    return found.asElement();
  }, msMax);
  return handle;
}

/** Clicks what `find` finds. */
export async function click(page, role, name) {
  const handle = await find(page, role, name);
  await handle.click();
  return handle;
}

/** The text that can be seen in the page. */
export const seenText = (page) => page.evaluate(() => document.body.innerText);

/** Waits until the page shows a text. */
export function shows(page, pattern, msMax) {
  return until(`the page shows ${pattern}`, async () => pattern.exec(await seenText(page)), msMax);
}

/** Fills a field as typing does. */
export async function fill(page, name, text) {
  const field = await find(page, 'textbox', name);
  await field.click();
  await field.evaluate((element, text) => {
    element.select();
    // What typing does, in every browser: the field changes and says so.
    document.execCommand('insertText', false, text);
  }, text);
}

/** Chooses an option as a person does, once it is there. */
export async function choose(page, name, option) {
  await until(`${name} has the option ${option}`, async () => {
    const select = await find(page, 'combobox', name);
    return select.evaluate((element, wanted) => {
      const found = [...element.options].find(({ text }) => text === wanted);
      if (!found) return false;
      element.value = found.value;
      return element.dispatchEvent(new Event('change', { bubbles: true }));
    }, option);
  });
}

// Runs in the page, so it holds everything it needs.
function lookUp([role, source, flags]) {
  const SELECTORS = {
    button: 'button, [role=button]',
    tab: '[role=tab]',
    textbox: 'input:not([type]), input[type=text], input[type=password], input[type=email], input[list], textarea, [role=textbox]',
    combobox: 'select, [role=combobox]',
    treeitem: '[role=treeitem]',
    option: '[role=option], option',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
    status: '[role=status], [role=alert]',
    dialog: 'dialog[open], [role=dialog]',
    link: 'a[href]',
  };
  const pattern = new RegExp(source, flags);
  const trimmed = (text) => text.replace(/\s+/g, ' ').trim();
  for (const element of document.querySelectorAll(SELECTORS[role])) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || getComputedStyle(element).visibility === 'hidden') continue;
    const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.innerText;
    if (pattern.test(trimmed(label ?? element.innerText ?? ''))) return element;
  }
  return null;
}
