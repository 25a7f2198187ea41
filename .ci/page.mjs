// Opens every page of a folder in Chromium, and checks what a reader relies on. The arguments are the
// command of Chromium and the folder, which gets the screenshots.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [chromium, folder] = process.argv.slice(2);
const require = createRequire(`${process.env.MODULES}/`);
const puppeteer = (await import(pathToFileURL(require.resolve('puppeteer-core')))).default;
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] });
const failures = [];
const maxOpening = 2000; // milliseconds

// The views: what somebody reads a report with.
const views = [
  { name: '1280-light', width: 1280, height: 900, scheme: 'light' },
  { name: '1280-dark', width: 1280, height: 900, scheme: 'dark' },
  { name: '390-light', width: 390, height: 844, scheme: 'light', isMobile: true, hasTouch: true },
  { name: '390-dark', width: 390, height: 844, scheme: 'dark', isMobile: true, hasTouch: true },
];

for (const file of readdirSync(folder).filter(f => f.endsWith('.html')).sort()) {
  const name = file.replace('.html', '');
  const url = pathToFileURL(`${folder}/${file}`).href;
  for (const view of views) {
    const check = (ok, text) => ok || failures.push(`${name} at ${view.name}: ${text}`);
    const page = await browser.newPage();
    page.on('console', m => check(false, `console: ${m.text()}`));
    page.on('pageerror', e => check(false, `error: ${e.message}`));
    page.on('dialog', d => { check(false, `dialog: ${d.message()}`); d.dismiss(); });
    page.on('request', r => check(r.url().split('#')[0] === url || r.url().startsWith('data:'), `asked for ${r.url()}`));
    await page.setViewport({ ...view, deviceScaleFactor: 1 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: view.scheme }]);
    const began = performance.now();
    await page.goto(url);
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))); // the first frame
    const took = Math.round(performance.now() - began);
    check(took < maxOpening, `took ${took} ms to open`);
    console.log(`${name} at ${view.name}: ${took} ms`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    check(width <= view.width, `is ${width} pixels wide`);
    const ids = await page.$$eval('[id]', all => all.map(e => e.id));
    check(new Set(ids).size === ids.length, 'an ID occurs twice');
    if (name !== 'many') await page.addStyleTag({ content: '.card, .trees > details { content-visibility: visible }' }); // for the part below the screen
    await page.screenshot({ path: `${folder}/${name}-${view.name}.png`, fullPage: name !== 'many' });
    if (name !== 'many') { // with every list open, and without known problems of accessibility
      await page.$$eval('details', all => all.forEach(d => { d.open = true; }));
      const open = await page.evaluate(() => document.documentElement.scrollWidth);
      check(open <= view.width, `is ${open} pixels wide when all is open`);
      const session = await page.createCDPSession(); // not stopped by the page's policy
      await session.send('Runtime.evaluate', { expression: axe });
      const violations = await page.evaluate(async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes[0].html}`));
      for (const v of violations) check(false, `accessibility: ${v}`);
    }
    if (view.name === '1280-light') await behaviour(page, check, url);
    await page.close();
  }
  const page = await browser.newPage(); // without a script
  await page.setJavaScriptEnabled(false);
  await page.goto(url);
  if (await page.$eval('body', b => b.innerText.includes('Filter') || b.innerText.includes('Copy as'))) failures.push(`${name}: shows what does nothing without a script`);
  if (name !== 'many') await page.pdf({ path: `${folder}/${name}.pdf`, format: 'A4' });
  await page.close();
}
await browser.close();
for (const f of failures.slice(0, 40)) console.error(f);
process.exit(failures.length ? 1 : 0);

// behaviour tries the filter, a permalink, the keyboard and the button.
async function behaviour(page, check, url) {
  const cards = await page.$$eval('.card', all => all.map(c => c.id));
  if (cards.length < 2) return;
  const shown = () => page.$$eval('.card:not([hidden])', all => all.map(c => c.id));
  const last = cards[cards.length - 1];
  await page.focus('#filter');
  await page.keyboard.type(`#${last}`);
  const began = performance.now();
  await page.waitForFunction(() => document.getElementById('matches').textContent !== '');
  check(performance.now() - began < maxOpening, 'filters slowly');
  check((await shown()).includes(last) && (await shown()).length < cards.length, 'the filter does not find a card by its ID');
  await page.goto(`${url}#${cards[0]}`); // hidden by the filter
  await page.waitForFunction(id => !document.getElementById(id).hidden, {}, cards[0]);
  await page.goto(`${url}#${last}`);
  check(await page.evaluate(id => { const r = document.getElementById(id).getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight; }, last), 'the permalink does not lead to its card');
  await page.keyboard.press('Tab');
  check(await page.evaluate(id => document.getElementById(id).contains(document.activeElement), last), 'Tab does not go on from the permalink');
  const button = await page.$(`[id="${last}"] .copy`);
  if (!button) return;
  await button.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(b => !b.textContent.startsWith('Copy as'), {}, button);
}
