// Browsers with fresh profiles: Chromium through Playwright, Firefox through WebDriver BiDi.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';
import { removeFolder } from './suite.mjs';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/** What a Chromium needs that runs as root on a machine without a screen or a way out. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Two browsers of one machine that is in no network find each other.
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** A new folder for a browser's profile, removed when the test is over. */
export function freshProfile(defer) {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-profile-'));
  defer(async () => removeFolder(folder));
  return folder;
}

/** Chromium with one profile, a new one unless its `folder` is told; what it gives is a Playwright context. Other `options` are Playwright's. */
export async function openChromium(defer, { folder = freshProfile(defer), ...options } = {}) {
  const context = await playwright.launchPersistentContext(folder, {
    executablePath: CHROMIUM,
    headless: true,
    args: CHROMIUM_ARGS,
    viewport: { width: 1360, height: 860 },
    // Some things that a person may have switched on change how pages look.
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  });
  defer(() => context.close());
  return context;
}

/** Firefox with one profile; what it gives is a Puppeteer browser. `preferences` come on top of those of all tests. */
export async function openFirefox(defer, preferences = {}) {
  const launch = () => puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    headless: true,
    userDataDir: freshProfile(defer),
    // As for Chromium.
    extraPrefsFirefox: { 'media.peerconnection.ice.loopback': true, 'media.peerconnection.ice.obfuscate_host_addresses': false, ...preferences },
    defaultViewport: { width: 1360, height: 860 },
  });
  // One start in about a hundred ends before the browser speaks; that says nothing about the page.
  const browser = await launch().catch(launch);
  defer(() => browser.close());
  return browser;
}
