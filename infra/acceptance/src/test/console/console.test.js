// Drives the console's pages in a real Chromium, against the platform at BIFOCAL_URL. Screenshots go to SCREENSHOTS.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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
  const chart = page.getByRole('application', { name: /^lines: \d+ times from 20/ });
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

/** How many pixels of the first chart are of a colour, by how opaque they are (0 to 255). */
const pixels = (colour) =>
  page.locator('.plot canvas').first().evaluate((canvas, variable) => {
    const probe = document.createElement('canvas').getContext('2d');
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
    probe.fillRect(0, 0, 1, 1);
    const wanted = probe.getImageData(0, 0, 1, 1).data;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const found = {};
    for (let at = 0; at < data.length; at += 4) {
      // What is not opaque is kept multiplied, and comes back a little off.
      if ([0, 1, 2].every((index) => Math.abs(data[at + index] - wanted[index]) <= 3)) found[data[at + 3]] = (found[data[at + 3]] ?? 0) + 1;
    }
    return found;
  }, colour);

test('the chart draws both lenses, bounds, the cut and what was restated', async () => {
  const day = (number) => `2026-01-0${number}T00:00:00Z`;
  const row = (number, status, estimates) => ({ time: day(number), lines: 100, status, ...(estimates && { estimates }) });
  const draw = async (data) => {
    await page.route('**/api/v1/query', (route) =>
      route.fulfill({
        json: {
          columns: [{ name: 'time', type: 'timestamp' }, { name: 'lines', type: 'long' }],
          data,
          meta: { answer: 't', rollup: 'by_country', generation: 1, exactThrough: '2026-01-02T12:00:00Z', freshThrough: null, partial: false, warnings: [] },
        },
      }),
    );
    await page.route('**/api/v1/models/retail/restatements?*', (route) =>
      route.fulfill({
        json: {
          summary: { LATE_EVENTS: 1 },
          faults: [],
          data: [
            {
              at: day(4), generation: 1, rollup: 'by_country', metric: 'lines', bucket: day(1), dimensions: { country: 'France' },
              before: 90, after: 100, causes: [{ cause: 'late_events', delta: 10 }],
            },
          ],
        },
      }),
    );
    // The same address twice would load nothing.
    await page.goto('about:blank');
    await go('#/explore?model=retail&metrics=lines&granularity=day&zone=UTC&live=off');
    await page.getByRole('application').waitFor();
    await page.locator('.legend', { hasText: 'restated' }).waitFor();
  };
  const many = (found, opacity) =>
    Object.entries(found).reduce((sum, [alpha, number]) => sum + (Math.abs(alpha - opacity * 255) <= 2 ? number : 0), 0);
  const askedFor = page.waitForRequest(/restatements/);
  await draw([row(1, 'exact'), row(2, 'mixed'), row(3, 'provisional', { lines: { low: 80, high: 120 } })]);
  const { metric, rollup, from, to } = Object.fromEntries(new URL((await askedFor).url()).searchParams);
  // However many others there are, these are among the newest.
  assert.deepEqual({ metric, rollup, from, to }, { metric: 'lines', rollup: 'by_country', from: day(1), to: day(4) });
  const bars = await pixels('--series-1');
  const exact = many(bars, 1);
  assert.ok(exact > 1_000, `exact is solid: ${JSON.stringify(bars)}`);
  assert.ok(Math.abs(many(bars, 0.62) / exact - 1) < 0.2, `mixed is lighter, and as large: ${JSON.stringify(bars)}`);
  assert.ok(many(bars, 0.34) > exact / 2, `provisional is lighter still: ${JSON.stringify(bars)}`);
  assert.ok(many(await pixels('--ink'), 0.3) > 1_000, 'bounds are a band');
  const ink = Object.entries(await pixels('--ink'));
  assert.ok(ink.reduce((sum, [alpha, number]) => sum + (alpha > 100 ? number : 0), 0) > 50, `a line at the cut: ${ink}`);
  assert.ok(many(await pixels('--warn'), 1) > 5, 'a mark where a number was restated');
  await page.getByRole('application').focus();
  await page.keyboard.press('Home');
  const reading = page.locator('.reading.shown');
  await reading.getByText('restated from 90 to 100: late events').waitFor();
  await sound('what is drawn');

  await page.unrouteAll();
  await draw([row(1, 'exact')]);
  const alone = await pixels('--series-1');
  assert.equal(many(alone, 0.62) + many(alone, 0.34), 0, 'nothing is lighter where all is exact');
});

test('money keeps its last zeros', async () => {
  const told = (json) => (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(json).replace(/"(\d+\.\d+)"/g, '$1') });
  await page.route(
    '**/api/v1/query',
    told({
      columns: [{ name: 'time', type: 'timestamp' }, { name: 'revenue', type: 'decimal', unit: 'GBP' }, { name: 'average_unit_price', type: 'double' }],
      data: [{ time: '2026-01-01T00:00:00Z', revenue: '1012.50', average_unit_price: '3.0', status: 'exact' }],
      meta: { answer: 't', rollup: 'by_country', generation: 1, exactThrough: null, freshThrough: null, partial: false, warnings: [] },
    }),
  );
  await page.route(
    '**/api/v1/models/retail/restatements?*',
    told({
      summary: {},
      faults: [],
      data: [
        {
          at: '2026-01-04T00:00:00Z', generation: 1, rollup: 'by_country', metric: 'revenue', bucket: '2026-01-01T00:00:00Z', dimensions: {},
          before: '10.00', after: '1012.50', causes: [{ cause: 'late_events', delta: '1002.50' }],
        },
      ],
    }),
  );
  await go('#/explore?model=retail&metrics=revenue,average_unit_price&granularity=day&zone=UTC&live=off');
  const row = page.getByRole('region', { name: 'Answer' }).locator('tbody tr');
  assert.match(await row.innerText(), /1,012\.50\s+3\s/);
  const total = page.locator('.totals > div', { hasText: 'revenue' });
  await total.locator('dd[title="1,012.50"]').waitFor();
  assert.match(await total.innerText(), /1,012\.50 GBP/);
  await page.locator('.legend', { hasText: 'restated' }).waitFor();
  await page.getByRole('application').first().focus();
  await page.keyboard.press('Home');
  assert.match(await page.locator('.reading.shown').first().innerText(), /1,012\.50[^]*restated from 10\.00 to 1,012\.50/);
});

test('times beside a chart are in its zone, wherever the reader is', async () => {
  await open({ timezoneId: 'America/New_York' });
  await page.route('**/api/v1/query', (route) =>
    route.fulfill({
      json: {
        columns: [{ name: 'time', type: 'timestamp' }, { name: 'lines', type: 'long' }],
        data: [{ time: '2026-01-01T15:00:00Z', lines: 100, status: 'exact' }],
        meta: { answer: 't', rollup: 'by_country', generation: 1, exactThrough: '2026-01-02T12:00:00Z', freshThrough: null, partial: false, warnings: [] },
      },
    }),
  );
  await go('#/explore?model=retail&metrics=lines&granularity=hour&zone=Asia/Tokyo&live=off');
  await page.getByText('exact to 2 Jan 2026, 21:00:00').waitFor();
  await page.getByRole('region', { name: 'Answer' }).getByText('2026-01-02 00:00').waitFor();
  await page.getByRole('heading', { name: 'Over time, in Asia/Tokyo' }).waitFor();
});

/** Answers every query with rows of lines. */
const answered = (data, columns = []) =>
  page.route('**/api/v1/query', (route) =>
    route.fulfill({
      json: {
        columns: [...columns, { name: 'lines', type: 'long' }],
        data: data.map((row) => ({ status: 'exact', ...row })),
        meta: { answer: 't', rollup: 'by_country', generation: 1, exactThrough: null, freshThrough: null, partial: false, warnings: [] },
      },
    }),
  );
const TIME = { name: 'time', type: 'timestamp' };
const COUNTRY = { name: 'country', type: 'string' };

test('an hour that clocks repeat is told apart', async () => {
  await answered([{ time: '2026-10-25T00:00:00Z', lines: 1 }, { time: '2026-10-25T01:00:00Z', lines: 2 }, { time: '2026-10-25T02:00:00Z', lines: 3 }], [TIME]);
  await go('#/explore?model=retail&metrics=lines&granularity=hour&zone=Europe/Berlin&live=off');
  const times = page.getByRole('region', { name: 'Answer' }).locator('tbody td:first-child');
  await times.first().waitFor();
  assert.deepEqual(await times.allInnerTexts(), ['2026-10-25 02:00+02:00', '2026-10-25 02:00+01:00', '2026-10-25 03:00']);
});

test('nulls are last whichever way a column is sorted', async () => {
  await answered([{ country: 'A', lines: 1 }, { country: 'B', lines: null }, { country: 'C', lines: 3 }], [COUNTRY]);
  await go('#/explore?model=retail&metrics=lines&dimensions=country&granularity=none&live=off');
  const table = page.getByRole('region', { name: 'Answer' });
  for (const [direction, order] of [['descending', 'CAB'], ['ascending', 'ACB']]) {
    await table.getByRole('button', { name: /^lines/ }).click();
    await table.locator(`th[aria-sort=${direction}]`).waitFor();
    assert.equal((await table.locator('tbody td:first-child').allInnerTexts()).join(''), order);
  }
});

test('null, the empty text and texts that look like them are groups of their own, with names of their own', async () => {
  const names = { null: null, '""': '', '"null"': 'null', '" x"': ' x', x: 'x' };
  const rows = Object.values(names).flatMap((country) => [1, 2].map((day) => ({ time: `2026-01-0${day}T00:00:00Z`, country, lines: day })));
  await answered(rows, [TIME, COUNTRY]);
  await go('#/explore?model=retail&metrics=lines&dimensions=country&granularity=day&zone=UTC&live=off');
  await page.getByRole('application', { name: /5 series/ }).waitFor();
  assert.deepEqual((await page.locator('.legend .name').allInnerTexts()).sort(), Object.keys(names).sort());
  const cells = await page.getByRole('region', { name: 'Answer' }).locator('tbody td:nth-child(2)').allInnerTexts();
  assert.deepEqual([...new Set(cells)].sort(), Object.keys(names).sort());
  await sound('odd values');
});

test('filters say null, the empty text and spaces, and the address keeps them', async () => {
  await answered([{ lines: 1 }]);
  await go('#/explore?model=retail&metrics=lines&granularity=none&live=off');
  await page.getByRole('button', { name: '+ filter' }).click();
  const values = page.getByLabel('Values, separated by commas');
  await values.fill('France, null, "", " x", "a,b"');
  const sent = page.waitForRequest((each) => each.url().endsWith('/api/v1/query') && each.postData().includes('France'));
  await values.press('Enter');
  const [filter] = JSON.parse((await sent).postData()).filters;
  assert.deepEqual(filter, { dimension: 'country', operator: 'equals', values: ['France', null, '', ' x', 'a,b'] });
  const again = page.waitForRequest((each) => each.url().endsWith('/api/v1/query') && each.postData().includes('France'));
  await page.reload();
  assert.deepEqual(JSON.parse((await again).postData()).filters, [filter]);
  assert.equal(await values.inputValue(), 'France, null, "", " x", "a,b"');
});

test('a tile says that its number is an estimate, and within which bounds', async () => {
  await answered([{ lines: 1000, estimates: { lines: { low: 950, high: 1050 } } }]);
  await go('#/explore?model=retail&metrics=lines&granularity=none&live=off');
  const tile = page.locator('.totals > div', { hasText: 'lines' });
  await tile.getByText('950–1,050').waitFor();
  assert.match(await tile.innerText(), /~1,000/);
});

test('what of an address is not understood is told, and what is shown instead', async () => {
  const note = page.locator('.misread');
  await go('#/explore?model=retail&metrics=lins,lines&dimensions=contry&zone=Mars/Phobos&range=banana&to=soon&granularity=month');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  const text = await note.innerText();
  for (const wrong of ['no metric lins: shown is lines', 'no dimension contry', 'no zone Mars/Phobos', 'no range banana', 'no time soon']) {
    assert.ok(text.includes(wrong), text);
  }
  await sound('an address that is not understood');
  await note.getByRole('link').click();
  await note.waitFor({ state: 'detached' });
  await go('#/nosuchpage');
  await note.filter({ hasText: 'no page nosuchpage' }).waitFor();
});

test('a range that ends now says where it begins', async () => {
  await answered([{ time: '2026-01-01T00:00:00Z', lines: 1 }], [TIME]);
  await go('#/explore?model=retail&metrics=lines&range=24h&granularity=day&zone=UTC&live=off');
  await page.getByText(/^Shown is \d{4}-\d\d-\d\d 00:00 to now, beginning with a whole day$/).waitFor();
});

test('all of history is drawn with two questions at most, and its total', async () => {
  const asked = [];
  page.on('request', (each) => each.url().endsWith('/api/v1/query') && asked.push(JSON.parse(each.postData()).time?.granularity ?? 'total'));
  await go('#/explore?model=retail&metrics=lines&dimensions=country&live=off');
  await page.locator('.totals dd.sub', { hasText: /exact|mixed|provisional/ }).first().waitFor();
  assert.equal(asked[0], 'day');
  assert.ok(asked.filter((each) => each !== 'total').length <= 2, asked.join(' '));
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

test('whoever comes back to a model finds the question that was asked of it last', async () => {
  const question = /metrics=lines%2Cunits.*granularity=month.*zone=Europe%2FParis/;
  await go('#/explore?model=retail&metrics=lines,units&granularity=month&zone=Europe/Paris&filter=country:equals:France&filter=cancelled:equals:false');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByRole('region', { name: 'Generations' }).first().waitFor();
  await page.getByRole('link', { name: 'Explore', exact: true }).click();
  await page.waitForURL(question);
  assert.equal(await page.getByRole('group', { name: /^Filter/ }).count(), 2);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('visits');
  await page.waitForURL(/model=visits/);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('retail');
  await page.waitForURL(question);
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

test('a range that is not exact to its end can be ended where it is', async () => {
  // Late events came for this hour, after the generation.
  await go('#/explore?model=retail&metrics=lines&granularity=none&zone=Europe/London&require=exact');
  const offer = page.getByRole('button', { name: /^End the range at 2011-02-03 10:00/ });
  await offer.waitFor();
  await sound('an offer');
  await offer.click();
  await page.getByRole('region', { name: 'Answer' }).locator('.badge', { hasText: 'exact' }).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.waitForURL(/range=custom.*to=2011-02-03T10%3A00%3A00Z/);
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

test('the query, as JSON, curl and parameters, is the question that is shown', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const odd = 'Marks & Spencer\\, 100% "it\'s"';
  const address = new URLSearchParams({ model: 'retail', metrics: 'lines', granularity: 'none', zone: 'Europe/London', filter: `country:notEquals:${odd}` });
  await go(`#/explore?${address}`);
  await page.getByRole('heading', { name: '1 row' }).waitFor();
  const query = JSON.parse(await page.getByLabel('Query', { exact: true }).innerText());
  assert.deepEqual(query.filters, [{ dimension: 'country', operator: 'notEquals', values: ['Marks & Spencer, 100% "it\'s"'] }]);
  const { data } = await api('/query', query);
  const lines = new Intl.NumberFormat('en-GB').format(data[0].lines);
  await page.getByRole('region', { name: 'Answer' }).getByRole('cell', { name: lines, exact: true }).waitFor();
  const hint = await page.locator('.hint code', { hasText: 'GET /api/v1/query' }).innerText();
  assert.deepEqual((await api(hint.replace('GET /api/v1', ''))).data, data);

  await page.locator('.code', { hasText: 'curl' }).getByRole('button', { name: 'Copy' }).click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(curl, /^curl /);
  // A shell reads it as it is meant.
  const words = execFileSync('sh', ['-c', `curl() { for word; do printf '%s\\0' "$word"; done; }\n${curl}`], { encoding: 'utf8' }).split('\0');
  assert.deepEqual(JSON.parse(words[words.indexOf('-d') + 1]), query);
  assert.ok(words.includes(`${url}/api/v1/query`), words.join(' '));
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

test('a part that does not answer is down, whatever its process is', async () => {
  const status = await api('/status');
  await page.route('**/api/v1/status', (route) => route.fulfill({ json: { ...status, ready: false, models: [] } }));
  await page.route('**/q/health/ready', (route) =>
    route.fulfill({ status: 503, json: { status: 'DOWN', checks: [{ name: 'cassandra', status: 'DOWN' }] } }),
  );
  await go('#/pipeline?model=retail');
  await page.getByRole('link', { name: 'Platform: cassandra down' }).waitFor();
  assert.match(await page.locator('.parts li', { hasText: 'cassandra' }).innerText(), /down\s+does not answer/);
});

test('figures are whole on screens of any width, and every arrow has a head', async () => {
  const json = {
    columns: [{ name: 'revenue', type: 'decimal', unit: 'GBP' }],
    data: [{ revenue: 300560.4, status: 'exact' }],
    meta: { answer: 't', rollup: 'by_country', generation: 1, exactThrough: '2026-01-02T12:00:00Z', freshThrough: null, partial: false, warnings: [] },
  };
  const cut = (selector) =>
    page.locator(selector).evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent));
  for (const width of [390, 1280]) {
    await open({ viewport: { width, height: 844 } });
    await page.route('**/api/v1/query', (route) => route.fulfill({ json }));
    await go('#/explore?model=retail&metrics=revenue&granularity=none&live=off');
    await page.getByText('300.56k').waitFor();
    assert.deepEqual(await cut('.totals dd'), []);
    await go('#/pipeline?model=retail');
    await page.getByText('balanced', { exact: true }).waitFor();
    assert.deepEqual(await cut('.stage :is(dt, dd)'), []);
  }
  for (const arrow of await page.locator('.flow :is(.arrow, .bridge)').all()) {
    assert.notEqual(await arrow.evaluate((each) => getComputedStyle(each, '::after').content), 'none');
  }
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

test('an alert that fires is told, in its unit, and says where to look', async () => {
  assert.equal((await api('/models/retail/alerts')).data.filter(({ state }) => state === 'FIRING').length, 0, 'nothing is wrong yet');
  const alert = (alert, value, threshold, state, metric) => ({ alert, metric, threshold, value, state, since: '2026-01-09T02:00:00Z' });
  await page.route('**/api/v1/models/retail/alerts', (route) =>
    route.fulfill({
      json: { data: [alert('drift', 0.0345, 0.02, 'FIRING', 'lines'), alert('freshness', 180, 120, 'FIRING'), alert('lag', 3, 10, 'OK')] },
    }),
  );
  await go('#/pipeline?model=retail');
  const told = page.getByRole('alert').filter({ hasText: 'tolerated' });
  assert.match(await told.innerText(), /^drift of lines: 3.45 %, where 2 % is the most/);
  assert.match(await told.innerText(), /freshness: 3 min, where 2 min is the most/);
  assert.doesNotMatch(await told.innerText(), /lag/);
  await sound('alerts');
  await told.getByRole('link').click();
  await page.getByRole('heading', { name: 'Answers that users saw' }).waitFor();
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
  assert.equal(await page.evaluate('document.activeElement.textContent.trim()'), 'Start…', 'and gives the focus back');
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

test('a job is cancelled after a confirmation, and one that reads all again is called so', async () => {
  const job = { id: '1', type: 'backfill', model: 'visits', state: 'RUNNING', progress: 0.4, error: null, message: 'reading', spec: { reprocess: true, promote: true } };
  let cancelled = 0;
  await page.route('**/api/v1/jobs', (route) => route.fulfill({ json: { data: [job] } }));
  await page.route('**/api/v1/jobs/1', (route) => {
    cancelled += Number(route.request().method() === 'DELETE');
    return route.fulfill({ status: 202, json: job });
  });
  await go('#/jobs?model=visits');
  const dialog = page.getByRole('dialog', { name: 'Cancel the reprocess of visits?' });
  await page.getByRole('button', { name: 'Cancel…' }).click();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  assert.equal(cancelled, 0);
  await page.getByRole('button', { name: 'Cancel…' }).click();
  const sent = page.waitForResponse('**/api/v1/jobs/1');
  await dialog.getByRole('button', { name: 'Cancel the job' }).click();
  await sent;
  assert.equal(cancelled, 1);
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

test('drift shows which days moved and why, and how far live views were off', async () => {
  const moved = (metric, bucket, before, after, cause) => ({
    at: '2026-01-09T02:00:00Z', generation: 7, rollup: 'by_country', metric, bucket, dimensions: { country: 'France' }, before, after,
    causes: [{ cause, delta: after - before }],
  });
  const all = [
    moved('lines', '2026-01-05T00:00:00Z', 100, 95, 'duplicates_removed'),
    moved('lines', '2026-01-06T00:00:00Z', 50, 100, 'unexplained'),
    moved('units', '2026-01-06T00:00:00Z', 1000, 1001, 'late_events'),
  ];
  await page.route('**/api/v1/models/retail/restatements?*', (route) => {
    const { cause, metric } = Object.fromEntries(new URL(route.request().url()).searchParams);
    return route.fulfill({
      json: {
        summary: { duplicates_removed: 1, unexplained: 1, late_events: 1 },
        faults: [],
        data: all.filter((each) => (!cause || each.causes[0].cause === cause) && (!metric || each.metric === metric)),
      },
    });
  });
  const compared = { at: '2026-01-09T02:00:00Z', generation: 7, occasion: 'REPLACEMENT', rollup: 'by_country', metric: 'lines', cells: 40, missing: 1, extra: 0, different: 2, estimated: 0, duplicated: 0, absolute: 55, relative: 0.025, smape: 0.0132 };
  await page.route('**/api/v1/models/retail/drift?*', (route) =>
    route.fulfill({ json: { data: [compared, { ...compared, metric: 'units', missing: 0, different: 0 }] } }),
  );
  await page.route('**/api/v1/models/retail/accuracy?*', (route) =>
    route.fulfill({
      json: {
        waiting: 3,
        checked: 12,
        skipped: 1,
        data: [{ metric: 'customers', numbers: 40, right: 30, meanError: 0.0042, worst: 0.031, estimated: 20, inside: 19 }],
      },
    }),
  );
  await go('#/drift?model=retail');
  const accuracy = page.getByRole('region', { name: 'Accuracy by metric' });
  assert.match(await accuracy.locator('tbody').innerText(), /customers\s+40\s+30\s+0.42 %\s+3.1 %\s+20\s+95 %/);
  await page.getByText('12 answers were computed again').waitFor();
  const days = page.getByRole('region', { name: 'Restated numbers by day and metric' });
  assert.equal((await days.locator('tbody tr', { hasText: 'lines' }).innerText()).replace(/\s+/g, ' '), 'lines 5.0 % 50 %');
  assert.equal(await days.locator('.level-5').count(), 1);
  assert.equal((await days.locator('tbody tr', { hasText: 'units' }).innerText()).replace(/\s+/g, ' '), 'units 0.1 %');
  const table = page.getByRole('region', { name: 'Restatements', exact: true }).last();
  assert.equal(await table.locator('tr.bad').count(), 1, 'what nothing explains is red');
  const live = page.getByRole('region', { name: 'Drift of live views' });
  assert.equal(await live.locator('tbody tr').count(), 1, 'only what was off');
  assert.match(await live.locator('tbody').innerText(), /40\s+1\s+0\s+2\s+2.5 %\s+0.0132/);
  await sound('restatements');
  await shot('restatements');
  await page.getByRole('combobox', { name: 'Cause' }).selectOption('late_events');
  await table.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
  assert.match(await table.locator('tbody').innerText(), /late events \+1/);
  await page.getByRole('combobox', { name: 'Metric' }).selectOption('lines');
  await page.getByText('No restated number is of this metric and cause.').waitFor();
  await page.getByRole('combobox', { name: 'Cause' }).selectOption('');
  await table.locator('tbody tr').nth(1).waitFor();
  assert.doesNotMatch(await table.locator('tbody').innerText(), /units/);
});

test('a day moved by what restatements add up to, as a share of its number', async () => {
  const moved = (at, bucket, before, after) => ({
    at, generation: 7, rollup: 'by_stock', metric: 'lines', bucket, dimensions: { stock_code: '1' }, before, after,
    causes: [{ cause: 'late_events', delta: after - before }],
  });
  const data = [
    moved('2026-01-09T02:00:00Z', '2026-01-06T00:00:00Z', 40, 41),
    // There and back.
    moved('2026-01-09T02:00:00Z', '2026-01-05T00:00:00Z', 2, 1),
    moved('2026-01-08T02:00:00Z', '2026-01-05T00:00:00Z', 1, 2),
    moved('2026-01-08T02:00:00Z', '2026-01-06T00:00:00Z', 1, 2),
  ];
  await page.route('**/api/v1/models/retail/restatements?*', (route) => route.fulfill({ json: { summary: { late_events: 4 }, faults: [], data } }));
  await page.route('**/api/v1/query?*', (route) =>
    route.fulfill({
      json: {
        columns: [{ name: 'time', type: 'timestamp' }, { name: 'lines', type: 'long' }],
        data: ['2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z'].map((time) => ({ time, lines: 200, status: 'exact' })),
        meta: { answer: 't', rollup: 'by_stock', generation: 7, exactThrough: null, freshThrough: null, partial: false, warnings: [] },
      },
    }),
  );
  await go('#/drift?model=retail');
  const row = page.getByRole('region', { name: 'Restated numbers by day and metric' }).locator('tbody tr');
  assert.equal((await row.innerText()).replace(/\s+/g, ' '), 'lines 0.0 % 1.0 %');
  await page.getByText(/From all 4 restatements of the rollup by_stock/).waitFor();
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

test('a draft of a model file outlives leaving its page, until it is undone', async () => {
  await go('#/models?model=retail');
  const file = page.getByRole('textbox', { name: 'Model file' });
  const yaml = await file.inputValue();
  await file.fill(`${yaml}# mine\n`);
  await page.getByText(/^Draft kept from/).waitFor();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await file.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByText(/^Draft kept from/).waitFor();
  assert.equal(await file.inputValue(), `${yaml}# mine\n`);
  const changedSince = page.getByText('The model in force has changed since this draft was begun.');
  assert.equal(await changedSince.count(), 0);
  // Somebody else applies another file meanwhile.
  const { data } = await api('/models');
  await page.route('**/api/v1/models', (route) =>
    route.fulfill({ json: { data: data.map((model) => (model.name === 'retail' ? { ...model, hash: 'f'.repeat(64), yaml: `${yaml}# theirs\n` } : model)) } }),
  );
  await page.reload();
  await changedSince.waitFor();
  assert.equal(await file.inputValue(), `${yaml}# mine\n`);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await file.inputValue(), `${yaml}# theirs\n`);
  await page.reload();
  await page.getByText('valid', { exact: true }).waitFor();
  assert.equal(await file.inputValue(), `${yaml}# theirs\n`);
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
  await page.getByText(/was applied last and waits/).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Apply…' }).isDisabled(), 'what was applied is not to be applied');
  assert.equal(await page.getByRole('button', { name: 'Undo' }).count(), 0);
  const versions = page.getByRole('region', { name: 'Versions', exact: true });
  await versions.getByText('in force').waitFor();
  await versions.locator('tr', { hasText: 'pending' }).getByRole('button', { name: 'Compare' }).click();
  await page.locator('.diff .added', { hasText: 'longest' }).last().waitFor();
  await page.getByText(/metric longest: history/).waitFor();
  await sound('versions');
  await shot('versions');
});

test('an earlier generation is put back in force after a confirmation', async () => {
  const generation = (number, state) => ({ generation: number, state, version: number, archiveVersion: number, publishedAt: '2026-01-01T00:00:00Z', records: 240 });
  await page.route('**/api/v1/models/visits/generations', (route) =>
    route.fulfill({ json: { data: [generation(2, 'IN_FORCE'), generation(1, 'KEPT')] } }),
  );
  await page.route('**/api/v1/models/visits/versions/1/diff', (route) =>
    route.fulfill({
      json: { version: 1, inForce: 2, definition: [{ change: 'REMOVED', section: 'metrics', name: 'longest', text: 'agg max, expr millis' }], work: [] },
    }),
  );
  const asked = [];
  await page.route('**/api/v1/jobs', (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    asked.push(JSON.parse(route.request().postData()));
    return route.fulfill({ status: 202, json: { id: '2', type: 'rollback', model: 'visits', state: 'QUEUED', progress: 0, error: null } });
  });
  await go('#/jobs?model=visits');
  const rows = page.getByRole('region', { name: 'Generations' }).last().locator('tbody tr');
  await rows.nth(1).waitFor();
  assert.equal(await rows.first().getByRole('button').count(), 0, 'what is in force is not put back');
  await rows.nth(1).getByRole('button', { name: 'Roll back…' }).click();
  await page.getByRole('dialog').getByText('longest will not answer until it is promoted again').waitFor();
  assert.match(await page.getByRole('dialog').innerText(), /Version 1 of the model comes back into force with it, in place of version 2/);
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back to 1' }).click();
  await page.getByRole('status').filter({ hasText: 'A rollback to generation 1 was asked for' }).waitFor();
  assert.deepEqual(asked, [{ type: 'rollback', model: 'visits', generation: 1 }]);
});

test('a version that is ready is promoted after a confirmation', async () => {
  let state = 'READY';
  let promoted = 0;
  const version = (number, its) => ({ version: number, state: its, hash: `${number}`.repeat(64), appliedAt: '2026-01-01T00:00:00Z', yaml: `# ${number}\n` });
  await page.route('**/api/v1/models/visits/versions', (route) =>
    route.fulfill({ json: { data: [version(2, state), version(1, state === 'READY' ? 'IN_FORCE' : 'KEPT')] } }),
  );
  await page.route('**/api/v1/models/visits/versions/2:promote', (route) => {
    promoted += Number(route.request().method() === 'POST');
    state = 'IN_FORCE';
    return route.fulfill({ json: version(2, state) });
  });
  await go('#/models?model=visits');
  const row = page.getByRole('region', { name: 'Versions that were applied' }).locator('tbody tr').first();
  await row.getByRole('button', { name: 'Promote…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  assert.equal(promoted, 0, 'Cancel promotes nothing');
  await row.getByRole('button', { name: 'Promote…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Promote 2' }).click();
  await page.getByRole('status').filter({ hasText: 'Version 2 is in force.' }).waitFor();
  await row.getByText('in force').waitFor();
  assert.equal(promoted, 1);
});

test('a schedule is turned off and on', async () => {
  const name = 'eyes-nightly';
  const put = await fetch(`${url}/api/v1/schedules/${name}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ job: { type: 'recompute', model: 'visits' }, cron: '0 3 1 1 *', zone: 'Europe/Paris', enabled: true }),
  });
  assert.ok(put.ok, `${put.status}`);
  await go('#/jobs?model=visits');
  const row = page.getByRole('region', { name: 'Schedules' }).locator('tbody tr', { hasText: name });
  for (const [from, to] of [['off', false], ['on', true]]) {
    await row.getByRole('button', { name: `Turn ${from}…` }).click();
    await page.getByRole('dialog').getByRole('button', { name: `Turn ${from}` }).click();
    await row.getByText(from, { exact: true }).waitFor();
    const { enabled, cron, zone } = await api(`/schedules/${name}`);
    assert.deepEqual({ enabled, cron, zone }, { enabled: to, cron: '0 3 1 1 *', zone: 'Europe/Paris' });
  }
  await fetch(`${url}/api/v1/schedules/${name}`, { method: 'DELETE' });
});

test('ranges begin where buckets do', async () => {
  const asked = async (range, granularity, zone) => {
    const [sent] = await Promise.all([
      page.waitForRequest((each) => each.url().endsWith('/api/v1/query') && JSON.parse(each.postData()).time?.granularity === granularity),
      go(`#/explore?model=retail&metrics=lines&range=${range}&granularity=${granularity}&zone=${zone}&live=off`),
    ]);
    return JSON.parse(sent.postData()).time.from;
  };
  const from = (text) => new Date(text);
  assert.equal(from(await asked('30d', 'week', 'UTC')).getUTCDay(), 1);
  assert.match(await asked('365d', 'month', 'UTC'), /-01T00:00:00Z$/);
  assert.match(await asked('365d', 'quarter', 'UTC'), /-(01|04|07|10)-01T00:00:00Z$/);
  assert.match(await asked('365d', 'year', 'UTC'), /-01-01T00:00:00Z$/);
  assert.match(await asked('24h', 'hour', 'Asia/Kolkata'), /:30:00Z$/);
  assert.match(await asked('7d', 'day', 'Asia/Kathmandu'), /T18:15:00Z$/);
});

test('a zone offers what its clocks can make of the buckets that are kept', async () => {
  const per = page.getByRole('combobox', { name: /^Per/ });
  const offers = (granularity) => per.locator(`option[value=${granularity}]`).isEnabled();
  await go('#/explore?model=retail&metrics=lines&zone=Europe/London&range=30d&live=off');
  await page.locator('.totals dd.sub', { hasText: /exact|mixed|provisional/ }).first().waitFor();
  assert.ok((await offers('hour')) && (await offers('day')));
  assert.equal(await page.getByText(/^cannot be asked per/).count(), 0);
  const zone = page.getByLabel('Zone');
  await zone.fill('Asia/Kolkata');
  await zone.press('Enter');
  await page.getByText('cannot be asked per hour').waitFor();
  assert.ok(!(await offers('hour')) && !(await offers('day')));
  // What is left, one number for all, is answered.
  await page.getByText(/^(One number for the whole range|No events match)\.$/).waitFor();
  assert.equal(await page.getByRole('alert').count(), 0);
  await sound('a zone of half hours');
});

test('before anything is known the page keeps its place, and without a model it says what to do', async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/api/v1/models', async (route) => {
    await held;
    await route.fulfill({ json: { data: [] } });
  });
  await go('');
  await page.locator('main .loading').waitFor();
  await sound('loading');
  release();
  await page.getByText('There is no model yet.').waitFor();
  await sound('no model');
});

test('an address with an unknown zone asks in one that is known', async () => {
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Nowhere/Land');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.getByText('no zone Nowhere/Land').waitFor();
});

test('without the platform what was known stays, and the console comes back by itself', async () => {
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Europe/London');
  await page.getByRole('region', { name: 'Answer' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('alert').filter({ hasText: 'does not answer' }).first().waitFor();
  assert.equal(await page.locator('.live').count(), 0, 'nothing is live');
  assert.ok((await page.getByRole('region', { name: 'Answer' }).locator('tbody tr').count()) > 0);
  await sound('offline');
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await page.getByText('Not known until the platform answers.').first().waitFor();
  assert.equal(await page.getByRole('alert').count(), 1, 'it is said once');
  await page.context().setOffline(false);
  await page.getByRole('alert').first().waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Generations' }).last().locator('tbody tr').first().waitFor();
});

test('choosers fit a narrow screen', async () => {
  await open({ viewport: { width: 360, height: 800 } });
  await go('#/explore?model=retail&metrics=lines&granularity=month&zone=Europe/London');
  for (const name of ['Metrics', 'By']) {
    await page.locator('.choice', { hasText: name }).locator('summary').click();
    const labels = page.getByRole('group', { name }).locator('label');
    await labels.first().waitFor();
    for (const label of await labels.all()) {
      const { x, width } = await label.boundingBox();
      assert.ok(x >= 0 && x + width <= 360, `${name}: ${x} and ${width} wide`);
      assert.ok((await label.locator('input').boundingBox()).width < 30, `a check box of ${name}`);
      const inside = await label.evaluate((each) => each.scrollWidth <= each.clientWidth);
      assert.ok(inside, `${await label.innerText()} is inside`);
    }
    await page.keyboard.press('Escape');
  }
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
    assert.equal(await page.evaluate('scrollY'), 0, `${name} begins at its top`);
    await sound(`${name}, narrow and dark`);
    await shot(`narrow-${name.toLowerCase()}`);
  }
});

for (const width of [390, 1280]) {
  test(`nothing jumps while a page loads that is ${width} px wide`, async () => {
    await open({ viewport: { width, height: 844 } });
    await page.addInitScript(() => {
      window.shifts = [];
      const seen = (list) => window.shifts.push(...list.getEntries().map(({ value, sources }) => ({ value, of: sources.map(({ node }) => node?.textContent) })));
      new PerformanceObserver(seen).observe({ type: 'layout-shift', buffered: true });
    });
    // What is told last is what would push the rest.
    await page.route(/api\/v1\/(status|models|.*(manifest|restatements|generations|schedules).*)$/, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    for (const name of ['explore', 'pipeline', 'jobs', 'drift', 'models']) {
      await page.goto('about:blank');
      await go(`#/${name}?model=retail`);
      await page.locator('main :is(table, .empty, .plot, textarea)').first().waitFor();
      await page.getByRole('link', { name: 'Platform: all parts up' }).waitFor();
      await page.waitForTimeout(1_500);
      const shifts = await page.evaluate('window.shifts');
      const sum = shifts.reduce((all, { value }) => all + value, 0);
      assert.ok(sum < 0.01, `${name}: ${JSON.stringify(shifts)}`);
    }
  });
}

test('what the first view loads is small, hashed and kept', async () => {
  const loaded = [];
  page.on('response', (response) => loaded.push(response));
  await go('#/explore?model=retail');
  await page.locator('.totals').waitFor();
  const own = loaded.filter((response) => new URL(response.url()).pathname.startsWith('/assets/'));
  assert.ok(own.length >= 2);
  assert.equal(loaded.filter((response) => response.url().endsWith('/icon.svg')).length, 0, 'the icon has its hash too');
  let bytes = 0;
  for (const response of own) {
    assert.match(response.url(), /-[\w-]{8}\.(js|css|svg)$/);
    assert.match(response.headers()['cache-control'], /immutable/);
    bytes += (await response.request().sizes()).responseBodySize;
  }
  assert.ok(bytes > 10_000 && bytes < 300_000, `${bytes} bytes`);
  const policy = loaded[0].headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
});
