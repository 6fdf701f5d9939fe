// The fixture page in Chromium: built and served as the real one is, with the same policy. Pictures of what is looked at
// are left in `tests/output/pictures`.

import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { serve } from './serve.mjs';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PICTURES = here('../../tests/output/pictures');
const AXE = readFileSync(here('../../node_modules/axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The page for the tests of one file, as `fixture.ts` built it for all of them. */
export function useFixture() {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    server = await serve(here('../../tests/output/fixture'));
    browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: FLAGS });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  /** A fresh page; what it complains about is found in `complaints`. */
  async function open(query = '', options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}?step=2&${query}`);
    return { page, complaints };
  }

  /** Takes a picture, and gives what axe finds serious. */
  async function look(page: Page, name: string): Promise<string[]> {
    await page.screenshot({ path: `${PICTURES}/${name}.png` });
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }).axe;
      return (await axe.run()).violations;
    });
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${name}: ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  }

  return { open, look };
}
