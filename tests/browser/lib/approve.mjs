// A person who approves in the page.

import { click, until } from './workbench.mjs';

/** Gives `approve(id)`, which looks at a request in the page (or in a frame) and approves it by clicks. */
export const approve = (page) => async (id) => {
  const head = `[data-approval="${id}"]`;
  if (!(await page.$(head))) await click(page, 'button', /^\d+ requests? waits? for you$/);
  const row = await until(`the request ${id} is listed`, () => page.$(head));
  if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
  const button = await until('it can be approved', () => page.$(`[data-approve="${id}"]`));
  await button.click();
  await until('it is decided', async () => !(await page.$(head)));
};
