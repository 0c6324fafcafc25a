// Drives the console's pages in a real Chromium, against the platform at BIFOCAL_URL. Screenshots go to SCREENSHOTS.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { chromium } from 'playwright-core';

const url = process.env.BIFOCAL_URL;
const screenshots = process.env.SCREENSHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE = 180_000;

let browser;
let page;
let said;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(() => browser?.close());
beforeEach(() => open({}));
afterEach(() => page?.context().close());

async function open(options) {
  await page?.context().close();
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  page = await context.newPage();
  said = [];
  page.on('pageerror', (error) => said.push(error.message));
  // What the policy forbids is told here.
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && said.push(message.text()));
}

const go = (hash) => page.goto(`${url}/${hash}`);
const shot = (name) => page.screenshot({ path: `${screenshots}/${name}.png` });
const api = async (path, body) => {
  const response = await fetch(`${url}/api/v1${path}`, body && { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
};

/** Nothing serious by axe, nothing thrown, nothing forbidden, nothing wider than the screen. */
async function sound(what) {
  // Evaluated by the debugger, which the policy for pages does not bind.
  await page.evaluate(axe);
  const { violations } = await page.evaluate('axe.run({ resultTypes: ["violations"] })');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), [], what);
  assert.deepEqual(said, [], what);
  const beyond = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  assert.ok(beyond <= 0, `${what} is ${beyond} px wider than the screen`);
}

test('explore shows the numbers that the API answers, with all their digits', async () => {
  const { data } = await api('/query', { model: 'retail', metrics: ['revenue', 'lines'], dimensions: ['country'] });
  await go('#/explore?model=retail&metrics=revenue,lines&dimensions=country&granularity=none&zone=Europe/London');
  await page.getByRole('heading', { name: `${data.length} rows` }).waitFor();
  const rows = page.getByRole('region', { name: 'Answer' }).locator('tbody tr');
  const format = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 6 });
  for (const { country, revenue, lines } of data) {
    const text = await rows.filter({ has: page.getByRole('cell', { name: country, exact: true }) }).innerText();
    assert.ok(text.includes(format.format(revenue)) && text.includes(format.format(lines)), `${country}: ${text}`);
  }
});

test('explore draws exact and provisional parts, and the keyboard reads them', async () => {
  await go('#/explore?model=retail&metrics=lines,customers&granularity=month&zone=Europe/London');
  const chart = page.getByRole('img', { name: /^lines: \d+ times from 20/ });
  await chart.waitFor();
  await chart.focus();
  await page.keyboard.press('Home');
  const reading = page.locator('.reading.shown').first();
  await reading.waitFor();
  const { data } = await api('/query', { model: 'retail', metrics: ['lines'], time: { granularity: 'month', zone: 'Europe/London' } });
  assert.match(await reading.innerText(), new RegExp(new Intl.NumberFormat('en-GB').format(data[0].lines)));
  // Late events came after the generation, so one month is mixed and the others are exact.
  const statuses = new Set(await page.getByRole('region', { name: 'Answer' }).locator('.badge').allInnerTexts());
  assert.deepEqual([...statuses].sort(), ['exact', 'mixed']);
  await sound('explore');
  await shot('explore');
});

test('a question that is asked by hand is in the address, and the same for whom it is sent to', async () => {
  await go('#/explore?model=retail');
  await page.getByText('live', { exact: true }).first().waitFor();
  await page.locator('summary', { hasText: 'lines' }).first().click();
  await page.getByRole('checkbox', { name: /^units/ }).check();
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: /^Per/ }).selectOption('month');
  await page.getByRole('button', { name: '+ filter' }).click();
  await page.getByLabel('Values, separated by commas').fill('France');
  await page.getByLabel('Values, separated by commas').press('Enter');
  await page.waitForURL(/filter=country%3Aequals%3AFrance/);
  const { data } = await api('/query', {
    model: 'retail',
    metrics: ['units'],
    filters: [{ dimension: 'country', operator: 'equals', values: ['France'] }],
  });
  const expected = new Intl.NumberFormat('en-GB').format(data[0].units);
  await page.locator(`.totals dd[title="${expected}"]`).waitFor();
  const shared = page.url();
  await open({});
  await page.goto(shared);
  await page.locator(`.totals dd[title="${expected}"]`).waitFor();
});

test('a live answer changes by itself when events arrive', async () => {
  await go('#/explore?model=visits&metrics=visits');
  await page.locator('.live').waitFor();
  const [{ visits: before }] = (await api('/query', { model: 'visits', metrics: ['visits'] })).data;
  const format = (number) => new Intl.NumberFormat('en-GB').format(number);
  await page.locator(`.totals dd[title="${format(before)}"]`).waitFor();
  const sent = await fetch(`${url}/api/v1/events/visits`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-ndjson' },
    body: ['{"at":"2026-01-05T10:00:00Z","page":"/a"}', '{"at":"2026-01-05T10:00:01Z","page":"/b"}'].join('\n'),
  });
  assert.equal(sent.status, 202);
  await page.locator(`.totals dd[title="${format(before + 2)}"]`).waitFor();
});

test('a refused question says what would do, and the console goes on', async () => {
  await go('#/explore?model=retail&metrics=revenue&dimensions=stock_code,country&granularity=day');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /rollup/);
  await sound('a refusal');
  await page.locator('summary', { hasText: 'stock_code' }).click();
  await page.getByRole('checkbox', { name: /^stock_code/ }).uncheck();
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  assert.equal(await alert.count(), 0);
});

test('CSV and Arrow are the answer that is shown', async () => {
  await go('#/explore?model=retail&metrics=lines&dimensions=country&granularity=none&zone=Europe/London');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  const download = async (form) => {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Download ${form}` }).click(),
    ]);
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) };
  };
  const csv = await download('CSV');
  assert.equal(csv.name, 'retail.csv');
  const rows = csv.content.toString('utf8').trim().split(/\r?\n/);
  assert.equal(rows[0], 'country,lines,status');
  assert.equal(rows.length - 1, await page.getByRole('region', { name: 'Answer' }).locator('tbody tr').count());
  const arrow = await download('Arrow');
  assert.equal(arrow.name, 'retail.arrows');
  const countries = rows.slice(1).map((row) => row.split(',')[0]);
  for (const country of countries) assert.ok(arrow.content.includes(country), country);
});

test('pipeline shows what is up and a ledger that adds up', async () => {
  await go('#/pipeline?model=retail');
  await page.getByText('balanced', { exact: true }).waitFor();
  const { data } = await api('/models/retail/ledger');
  const read = new Intl.NumberFormat('en-GB').format(data.reduce((sum, row) => sum + row.read, 0));
  await page.getByRole('region', { name: /Ledger by hour/ }).locator('tfoot td', { hasText: read }).first().waitFor();
  for (const part of ['kafka', 'cassandra', 'serving', 'speed', 'archiver']) {
    assert.match(await page.locator('.parts li', { hasText: part }).innerText(), /up/, part);
  }
  await sound('pipeline');
  await shot('pipeline');
});

test('an imbalance is red', async () => {
  await page.route('**/api/v1/models/retail/ledger', (route) =>
    route.fulfill({
      json: {
        balanced: false,
        faults: [{ where: 'ARCHIVE', topicId: 't', partition: 0, from: 3, to: 4, expected: 1, found: 0 }],
        data: [{ partition: 0, hour: '2026-01-01T00:00:00Z', read: 12, archived: 10, quarantined: 1, counted: 12, atRest: true }],
      },
    }),
  );
  await go('#/pipeline?model=retail');
  await page.getByText('imbalance').waitFor();
  assert.match(await page.locator('tr.bad').innerText(), /12\s+10\s+1\s+12\s+1/);
  await page.getByRole('alert').filter({ hasText: 'archive, partition 0, offsets 3 to 4' }).waitFor();
  await sound('an imbalance');
});

test('a recompute is started after a confirmation, and can be followed', async () => {
  await go('#/jobs?model=visits');
  await page.getByRole('button', { name: 'Start…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Start a recompute of visits?' });
  await dialog.waitFor();
  await sound('the confirmation');
  let posted = 0;
  page.on('request', (request) => (posted += Number(request.method() === 'POST' && request.url().endsWith('/jobs'))));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(posted, 0, 'Escape starts nothing');
  await page.getByRole('button', { name: 'Start…' }).click();
  await page.getByRole('button', { name: 'Start recompute' }).click();
  await page.getByRole('status').filter({ hasText: 'recompute of visits' }).waitFor();
  const row = page.getByRole('region', { name: 'Jobs' }).locator('tbody tr').first();
  await row.locator('.badge.succeeded').waitFor({ timeout: 3 * PATIENCE });
  await page.getByRole('region', { name: 'Generations' }).getByText('in force').waitFor();
  await row.getByText('log', { exact: true }).click();
  await row.locator('pre.log', { hasText: /recompute|publish|spark/i }).waitFor();
  await sound('jobs');
  await shot('jobs');
});

test('drift shows what was quarantined, and helps where nothing was restated', async () => {
  await go('#/drift?model=visits');
  await page.getByRole('heading', { name: 'Quarantine: 1' }).waitFor();
  const { data } = await api('/models/visits/quarantine');
  assert.ok((await page.getByRole('region', { name: 'Quarantined records' }).innerText()).includes(data[0].raw));
  await page.getByRole('heading', { name: 'Restated numbers by day' }).waitFor();
  await page.getByRole('button', { name: 'Reprocess…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reprocess' }).click();
  await page.getByRole('status').getByText('leaves the quarantine').waitFor();
  const jobs = (await api('/jobs')).data;
  assert.ok(jobs.some((job) => job.model === 'visits' && job.spec.reprocess === true));
  await sound('drift');
  await shot('drift');
});

test('a model file is checked as it is typed', async () => {
  await go('#/models?model=retail');
  await page.getByText('valid', { exact: true }).waitFor();
  const file = page.getByRole('textbox', { name: 'Model file' });
  const yaml = await file.inputValue();
  await file.fill(yaml.replace('agg: sum, expr: Quantity}', 'agg: summ, expr: Quantity}'));
  const fault = page.locator('.faults li').first();
  await fault.waitFor();
  assert.match(await fault.innerText(), /line \d+.*summ.*sum/s);
  assert.ok(await page.getByRole('button', { name: 'Apply…' }).isDisabled());
  await page.locator('.diff .added').waitFor();
  await fault.getByRole('button').click();
  const selected = await file.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
  assert.match(selected, /summ/);
  await sound('models');
  await shot('models');
});

test('a change that needs history waits as a version, beside the one in force', async () => {
  await go('#/jobs?model=visits');
  await page.getByRole('region', { name: 'Jobs' }).waitFor();
  // One that reprocesses would put it in force.
  await page.getByRole('button', { name: 'Cancel' }).first().waitFor({ state: 'detached', timeout: 3 * PATIENCE });
  await go('#/models?model=visits');
  const file = page.getByRole('textbox', { name: 'Model file' });
  const yaml = await file.inputValue();
  await file.fill(yaml.replace('metrics:\n', 'metrics:\n  - {name: longest, type: simple, agg: max, expr: millis}\n'));
  await page.locator('.faults .badge', { hasText: 'valid' }).waitFor();
  await page.getByRole('button', { name: 'Apply…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('status').filter({ hasText: 'Stored as the next version' }).waitFor();
  const versions = page.getByRole('region', { name: 'Versions', exact: true });
  await versions.getByText('in force').waitFor();
  await versions.locator('tr', { hasText: 'pending' }).getByRole('button', { name: 'Compare' }).click();
  await page.locator('.diff .added', { hasText: 'longest' }).last().waitFor();
  await page.getByText(/metric longest: history/).waitFor();
  await sound('versions');
  await shot('versions');
});

test('an address with an unknown zone asks in one that is known', async () => {
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Nowhere/Land');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
});

test('without the platform what was known stays, and the console comes back by itself', async () => {
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Europe/London');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('alert').filter({ hasText: 'does not answer' }).first().waitFor();
  assert.ok((await page.getByRole('region', { name: 'Answer' }).locator('tbody tr').count()) > 0);
  await sound('offline');
  await page.context().setOffline(false);
  await page.getByRole('alert').first().waitFor({ state: 'detached' });
});

test('every page fits a narrow screen, in the dark, and is reached by keyboard', async () => {
  await open({ viewport: { width: 375, height: 800 }, colorScheme: 'dark', reducedMotion: 'reduce' });
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Europe/London');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate('document.activeElement.textContent.trim()'), 'Skip to the page');
  for (const name of ['Explore', 'Pipeline', 'Jobs', 'Drift', 'Models']) {
    const link = page.getByRole('link', { name, exact: true });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((title) => document.title === title, `${name} · Bifocal`);
    await page.locator('main :is(table, .empty, .plot, textarea)').first().waitFor();
    await sound(`${name}, narrow and dark`);
    await shot(`narrow-${name.toLowerCase()}`);
  }
});

test('what the first view loads is small, hashed and kept', async () => {
  const loaded = [];
  page.on('response', (response) => loaded.push(response));
  await go('#/explore?model=retail');
  await page.locator('.totals').waitFor();
  const own = loaded.filter((response) => new URL(response.url()).pathname.startsWith('/assets/'));
  assert.ok(own.length >= 2);
  let bytes = 0;
  for (const response of own) {
    assert.match(response.url(), /-[\w-]{8}\.(js|css)$/);
    assert.match(response.headers()['cache-control'], /immutable/);
    bytes += (await response.request().sizes()).responseBodySize;
  }
  assert.ok(bytes > 10_000 && bytes < 300_000, `${bytes} bytes`);
  const policy = loaded[0].headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
});
