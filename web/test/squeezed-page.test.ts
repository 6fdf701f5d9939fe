// What is short of room where the panels share a screen of 1280, and still has to be read.

import { expect, test, vi } from 'vitest';
import { useFixture } from './browser';

vi.setConfig({ testTimeout: 120_000 });

const { open, look } = useFixture();

for (const [width, colorScheme] of [[1280, 'light'], [1280, 'dark'], [390, 'dark']] as const) {
  const at = `${width}-${colorScheme}`;

  test(`what runs again stays beside the parts of the output, ${at}`, async () => {
    const { page } = await open('', { viewport: { width: 1440, height: 800 }, colorScheme });
    await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Succeeded').first().waitFor();
    if (width === 390) {
      await page.setViewportSize({ width, height: 800 });
      await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Output' }).click();
    }
    const top = async (of: ReturnType<typeof page.locator>) => {
      const box = (await of.filter({ visible: true }).boundingBox())!;
      return box.y + box.height / 2;
    };
    for (const wide of width === 390 ? [390, 360] : [1400, 1340, 1320, 1300, 1280, 1260, 1240, 1220, 1200]) {
      await page.setViewportSize({ width: wide, height: 800 });
      const [again, parts] = [await top(page.getByRole('button', { name: 'Run again' })), await top(page.getByRole('tablist', { name: 'Output' }))];
      expect(Math.abs(again - parts), `${wide} wide`).toBeLessThan(4);
      expect(await page.locator('.panel-bar:has([aria-label="Output"])').filter({ visible: true }).evaluate((bar) => bar.scrollWidth - bar.clientWidth), `${wide} wide`).toBe(0);
    }
    await page.setViewportSize({ width, height: 800 });
    expect(await look(page, `${at}-output-head`)).toEqual([]);
  });

  test(`a long fix leaves room for what it mends, ${at}`, async () => {
    const { page } = await open('', { viewport: { width: 1440, height: 800 }, colorScheme });
    await page.locator('[role=treeitem][data-path="flows/broken.flow.js"]').click();
    await page.locator('.dock-tab .badge.bad').waitFor();
    await page.setViewportSize({ width, height: 800 });
    if (width === 390) await page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name: 'Problems' }).click();
    else await page.getByRole('tab', { name: 'Problems' }).click();
    const fix = page.locator('li', { has: page.locator('.problem') }).locator('.button').filter({ visible: true }).first();
    await fix.evaluate((button) => (button.lastChild!.textContent = 'Name the argument “currency” in the annotations of the flow, too'));
    const text = page.locator('li', { hasText: 'Name the argument' }).locator('.problem .grow').filter({ visible: true });
    expect((await text.boundingBox())!.width).toBeGreaterThan(240);
    expect(await fix.evaluate((button) => button.getBoundingClientRect().right <= innerWidth)).toBe(true);
    expect(await look(page, `${at}-long-fix`)).toEqual([]);
  });
}

for (const [width, height, colorScheme] of [[1280, 900, 'light'], [1280, 600, 'dark'], [800, 700, 'dark'], [390, 844, 'light']] as const)
  test(`notes lie over no tab, no tools and no button of the page, ${width} by ${height}, ${colorScheme}`, async () => {
    const { page, complaints } = await open('', { viewport: { width, height }, colorScheme });
    await page.locator('[role=treeitem][data-path="flows/invoices.flow.js"]').click();
    await page.keyboard.press('Control+Enter');
    await page.getByText('Succeeded').first().waitFor();
    const note = (number: number) =>
      page.evaluate((number) => {
        const { fixture } = globalThis as unknown as { fixture: { emit(event: unknown): void } };
        fixture.emit({ kind: 'peerLost', message: `${number}: ${'it is told at some length, '.repeat(9)}`, hint: 'Reload the older.', reason: 'Version' });
      }, number);
    for (let more = 0; more < 4; more++) await note(more);
    await expect.poll(() => page.getByRole('button', { name: 'Close this note' }).count()).toBe(4);
    const under = await page.evaluate(() => {
      const notes = document.querySelector('[aria-label=Notes]')!.getBoundingClientRect();
      const pressed = [...document.querySelectorAll('.dv-tab, .panel-bar, .bar, .button.primary, .run, header, footer, nav')].filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('[aria-label=Notes]'));
      return pressed.filter((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return left < notes.right && right > notes.left && top < notes.bottom && bottom > notes.top;
      }).map((one) => one.outerHTML.slice(0, 120));
    });
    expect(under).toEqual([]);
    expect(await look(page, `${width}-${height}-notes`)).toEqual([]);
    expect(complaints).toEqual([]);
  });

test('how much waits for approval is in sight when it comes to a tab that is in front', async () => {
  const { page } = await open('approvals', { viewport: { width: 1280, height: 800 } });
  await page.getByRole('tree').waitFor();
  for (const name of ['invoices.flow.js', 'rates.flow.mjs', 'endless.flow.js', 'broken.flow.js']) await page.locator(`[role=treeitem][data-path="flows/${name}"]`).click();
  await page.keyboard.press('Alt+8');
  const badge = page.locator('.dv-active-tab .dock-tab', { hasText: 'Approvals' }).locator('.badge');
  const cut = () =>
    badge.evaluate((badge) => {
      const { right } = badge.closest('.dv-tab')!.getBoundingClientRect();
      return Math.round(Math.max(0, right - badge.closest('.dv-tabs-container')!.getBoundingClientRect().right));
    });
  await badge.waitFor();
  await page.screenshot({ path: 'tests/output/pictures/1280-approvals-count.png' });
  await expect.poll(cut).toBe(0);
  // A longer count later is seen as well.
  await badge.evaluate((badge) => (badge.textContent = '1,234'));
  await expect.poll(cut).toBe(0);
});

test('a field that is wrong looks so with the keys in it, too', async () => {
  const { page } = await open();
  await page.getByRole('tree').waitFor();
  const colours = await page.evaluate(() => {
    const field = Object.assign(document.createElement('input'), { className: 'field' });
    field.setAttribute('aria-invalid', 'true');
    document.body.append(field);
    field.focus();
    const { outlineColor, borderColor } = getComputedStyle(field);
    const probe = document.createElement('i');
    probe.style.setProperty('color', 'var(--bad)');
    document.body.append(probe);
    return { outlineColor, borderColor, bad: getComputedStyle(probe).color };
  });
  expect([colours.outlineColor, colours.borderColor]).toEqual([colours.bad, colours.bad]);
});
