// What agents and runs ask of a person: a policy is written, and what it asks about waits, is looked at, approved and refused.

import { strict as assert } from 'node:assert';
import { openChromium, openFirefox } from './lib/browsers.mjs';
import { startServer } from './lib/server.mjs';
import { test } from './lib/suite.mjs';
import { call, click, find, openWorkbench, seenText, shows, until, value } from './lib/workbench.mjs';

const POLICY = 'selvage.policy.yaml';
const PUBLISH = 'export default async (flow) => { await flow.fs.write("published/report.md", "from the run\\n"); return "done"; };\n';

/** Calls a tool as an agent that waits for its answer, and goes on. */
const begin = (page, key, name, input) =>
  page.evaluate(([key, name, input]) => {
    window.answers ??= {};
    void window.selvage.tools.call(name, input).then((result) => (window.answers[key] = result));
  }, [key, name, input]);

const answer = (page, key) => until(`${key} has an answer`, () => page.evaluate((key) => window.answers?.[key], key));
const unanswered = (page, key) => page.evaluate((key) => window.answers?.[key] === undefined, key);

const focused = (page) =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.innerText ?? '').replace(/\s+/g, ' ').trim();
  });

/** Goes on with the Tab key until something is focused, and gives its name. */
async function tabTo(page, pattern) {
  for (let step = 0; step < 60; step++) {
    const name = await focused(page);
    if (pattern.test(name)) return name;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key leads to no ${pattern}`);
}

async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.down(key);
  for (const key of keys.reverse()) await page.keyboard.up(key);
}

async function typeReason(page, text) {
  await tabTo(page, /^Reason/);
  await page.keyboard.type(text);
}

/** The keys go to the request that is to be decided. */
async function openInbox(page, pattern) {
  await press(page, 'Alt', '8');
  await until('the keys are on the request', async () => pattern.test(await focused(page)));
}

async function begins(page) {
  await shows(page, /Pick a flow and press Run/);
  await press(page, 'Alt', '8');
  await shows(page, /Nothing waits for you/);
  await until('the keys are in the panel', async () => /Make a policy file/.test(await focused(page)));
  await page.keyboard.press('Enter');
  await shows(page, /Nothing of this is saved yet/);
  assert.equal((await call(page, 'stat', { path: POLICY })).ok, false, 'the example is no file yet');
  await until('the keys are in the text', async () => /Text of/.test(await focused(page)));
  await press(page, 'Control', 's');
  await until('the policy is there', async () => (await call(page, 'stat', { path: POLICY })).ok);
}

async function journey(page, url) {
  await openWorkbench(page, url);
  await value(page, 'write', { path: 'flows/publish.flow.js', content: PUBLISH });
  await begins(page);

  await value(page, 'write', { path: 'drafts/a.md', content: 'a draft\n' });
  const denied = await call(page, 'write', { path: 'private/key.txt', content: 'x' });
  assert.equal(denied.error.code, 'POLICY_DENIED');

  // A write that a rule asks about waits, and is approved by keys alone.
  await begin(page, 'first', 'write', { path: 'notes/plan.md', content: 'weave\nship\n' });
  await find(page, 'button', '1 request waits for you');
  await shows(page, /agent page asks for your approval/);
  assert.equal(await page.title(), '(1) Selvage');
  await openInbox(page, /agent page.*notes\/plan\.md/);
  await shows(page, /weave/);
  assert.ok(await unanswered(page, 'first'));
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  assert.equal((await answer(page, 'first')).ok, true);
  assert.equal((await value(page, 'read', { path: 'notes/plan.md' })).content, 'weave\nship\n');
  await shows(page, /Nothing waits for you/);
  assert.equal(await page.title(), 'Selvage');

  // Approving one thing never lands another: the person changes the file between the look and the click.
  await begin(page, 'second', 'write', { path: 'notes/plan.md', content: 'weave\nsell\n' });
  await openInbox(page, /notes\/plan\.md/);
  await shows(page, /sell/);
  await click(page, 'treeitem', /^notes/);
  await click(page, 'treeitem', /^plan\.md/);
  await shows(page, /notes \/\s*plan\.md/);
  await until('the keys lead into the text', async () => {
    await page.keyboard.press('F6');
    return /Text of plan/.test(await focused(page));
  });
  await press(page, 'Control', 'Home');
  await page.keyboard.type('meanwhile ');
  await press(page, 'Control', 's');
  await until('the person has written', async () => (await value(page, 'read', { path: 'notes/plan.md' })).content === 'meanwhile weave\nship\n');
  await openInbox(page, /notes\/plan\.md/);
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await shows(page, /It is not what you looked at/);
  await shows(page, /holds something else now/);
  await shows(page, /meanwhile weave/);
  assert.ok(await unanswered(page, 'second'), 'nothing was approved');
  assert.equal((await value(page, 'read', { path: 'notes/plan.md' })).content, 'meanwhile weave\nship\n', 'and nothing has landed');
  await until('the keys are on the news', async () => /It is not what you looked at/.test(await focused(page)));
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^Yes, approve it$/);
  await page.keyboard.press('Enter');
  assert.equal((await answer(page, 'second')).ok, true);
  assert.equal((await value(page, 'read', { path: 'notes/plan.md' })).content, 'weave\nsell\n');

  // What removes is asked twice; it is refused, with a reason that the agent hears.
  await begin(page, 'third', 'delete', { path: 'drafts/a.md' });
  await openInbox(page, /remove drafts\/a\.md.*destructive/);
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await shows(page, /It removes 1 file/);
  await tabTo(page, /^No, go back$/);
  await page.keyboard.press('Enter');
  await until('the keys are back', async () => /^Approve$/.test(await focused(page)));
  assert.ok(await unanswered(page, 'third'));
  await page.keyboard.press('Tab');
  await press(page, 'Shift', 'Tab');
  await press(page, 'Shift', 'Tab');
  await page.keyboard.type('I still need it');
  await tabTo(page, /^Refuse$/);
  await page.keyboard.press('Enter');
  const refused = await answer(page, 'third');
  assert.equal(refused.error.code, 'POLICY_DENIED');
  assert.match(refused.error.message, /I still need it/);
  assert.equal((await call(page, 'stat', { path: 'drafts/a.md' })).ok, true);
  await shows(page, /Refused/);

  // A run of the person's: what it wrote waits to land.
  await click(page, 'treeitem', /^publish\.flow\.js/);
  await click(page, 'button', /^Run publish$/);
  await shows(page, /Waits for approval/);
  assert.equal((await call(page, 'stat', { path: 'published/report.md' })).ok, false, 'nothing has landed');
  await find(page, 'button', /^Run publish$/);
  await click(page, 'button', 'Look at the request');
  await shows(page, /It is over, and nothing of it has landed/);
  await shows(page, /from the run/);
  await until('the keys are on the request', async () => /published\/report\.md/.test(await focused(page)));
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  await until('it has landed', async () => (await call(page, 'stat', { path: 'published/report.md' })).ok);
  await shows(page, /Succeeded/);
  assert.match(await seenText(page), /Decided lately/);

  // The calls of the agent tell what was said of them.
  await press(page, 'Alt', '9');
  await find(page, 'button', /write.*notes\/plan\.md.*Approved/);
  await find(page, 'button', /delete.*drafts\/a\.md.*Refused/);
  await find(page, 'button', /write.*private\/key\.txt.*Denied/);
}

test('what a policy asks about waits for a person, who looks, approves and refuses by keys, in Chromium', async ({ server, defer }) => {
  const page = await (await openChromium(defer)).newPage();
  await journey(page, server.url);
});

test('what a policy asks about waits for a person, who looks, approves and refuses by keys, in Firefox', async ({ server, defer }) => {
  const page = await (await openFirefox(defer)).newPage();
  await journey(page, server.url);
});

test('without server and network a policy is read and asks as before', async ({ defer }) => {
  const server = await startServer();
  defer(server.stop);
  const context = await openChromium(defer);
  const page = await context.newPage();
  await openWorkbench(page, server.url);
  await until('the service worker holds the whole page', () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  await server.stop();
  await context.setOffline(true);
  await page.reload();
  await openWorkbench(page, server.url);
  await begins(page);
  await begin(page, 'write', 'write', { path: 'notes/plan.md', content: 'weave\n' });
  await openInbox(page, /agent page.*notes\/plan\.md/);
  await tabTo(page, /^Approve$/);
  await page.keyboard.press('Enter');
  assert.equal((await answer(page, 'write')).ok, true);
});

for (const [browser, open] of [['Chromium', openChromium], ['Firefox', openFirefox]])
  test(`a policy with a mistake is shown where it is wrong, keys are completed, and the mended one holds, in ${browser}`, async ({ server, defer }) => {
    const page = await (await open(defer)).newPage();
    await openWorkbench(page, server.url);
    await begins(page);
    await press(page, 'Control', 'End');
    await page.keyboard.type('agent: []\n');
    await shows(page, /agent/);
    await shows(page, /it holds as it was, until you save it/);
    await until('the mistake is counted', async () => /1\s*errors/.test(await seenText(page)));
    await press(page, 'Alt', '4');
    await shows(page, / · \d+:1$/m);
    await click(page, 'treeitem', /^selvage\.policy\.yaml/);
    await until('the keys lead into the text', async () => {
      await page.keyboard.press('F6');
      return /Text of selvage/.test(await focused(page));
    });
    await press(page, 'Control', 'End');
    for (let count = 0; count < 'agent: []\n'.length; count++) await page.keyboard.press('Backspace');
    await until('the mistake is gone', async () => /(?<!\d)0\s*errors/.test(await seenText(page)));
    await page.keyboard.type('  expi');
    const offered = () => page.evaluate(() => [...document.querySelectorAll('.editor-shell')].flatMap((shell) => [...shell.shadowRoot.querySelectorAll('.cm-tooltip-autocomplete li')].map((item) => item.innerText)));
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(await offered(), [], 'what is there already is not offered');
    await press(page, 'Control', 'a');
    await page.keyboard.press('Delete');
    assert.equal((await call(page, 'ls', {})).ok, true, 'the policy holds as it was saved');
    await page.keyboard.type('ver');
    await until('the key is offered', async () => (await offered()).some((text) => text.startsWith('version')));
    // The editor takes no key for an answer to what came this moment.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await page.keyboard.press('Enter');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await press(page, 'Control', 's');
    await until('a policy without rules allows agents nothing', async () => (await call(page, 'ls', {})).error?.code === 'POLICY_DENIED');
  });

for (const [browser, open] of [['Chromium', openChromium], ['Firefox', openFirefox]])
  test(`what one tab waits for is seen and decided in another, and is over when that tab is, in ${browser}`, async ({ server, defer }) => {
    const context = await open(defer);
    const asks = await context.newPage();
    await openWorkbench(asks, server.url);
    await begins(asks);
    // It waits before there is another tab, and after.
    await begin(asks, 'first', 'write', { path: 'notes/first.md', content: 'weave\n' });
    const other = await context.newPage();
    await openWorkbench(other, server.url);
    await find(other, 'button', '1 request waits for you');
    await begin(asks, 'second', 'write', { path: 'notes/second.md', content: 'ship\n' });
    await find(other, 'button', '2 requests wait for you');

    await openInbox(other, /agent page.*notes\/first\.md/);
    await shows(other, /weave/);
    await shows(other, /in another tab/);
    await tabTo(other, /^Approve$/);
    await other.keyboard.press('Enter');
    assert.equal((await answer(asks, 'first')).ok, true);
    assert.equal((await value(asks, 'read', { path: 'notes/first.md' })).content, 'weave\n');
    assert.ok(await unanswered(asks, 'second'));
    await find(asks, 'button', '1 request waits for you');
    await shows(other, /Approved.*notes\/first\.md/);

    // The tab that asked goes, and with it whoever waited for the answer.
    await asks.close();
    await shows(other, /Nothing waits for you/);
    await shows(other, /Expired\s+agent page.*notes\/second\.md.*the tab that asked is gone/);
    assert.equal((await call(other, 'stat', { path: 'notes/second.md' })).ok, false);
    await until('it is recorded once', async () => {
      const day = await call(other, 'search', { query: 'the tab that asked is gone' });
      return day.ok && day.value.matches.length === 1;
    });
  });
