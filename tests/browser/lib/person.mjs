// What only a person does: giving the workspace a policy, and approving. Both work in a page and in a frame of one.

import { click, until } from './workbench.mjs';

/** Uploads a policy. `page` is the page around a frame. */
export async function givePolicy(page, text, frame = page) {
  const chooser = page.waitForEvent('filechooser');
  await click(frame, 'button', 'Upload files');
  await (await chooser).setFiles({ name: 'selvage.policy.yaml', mimeType: 'application/yaml', buffer: Buffer.from(text) });
  await until('the policy is there', () => frame.evaluate(async () => (await window.selvage.tools.call('stat', { path: 'selvage.policy.yaml' })).ok));
}

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
