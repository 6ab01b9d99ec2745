// Opens pages in a headless Chromium: nothing may be said on the console, nothing may be asked of a network, axe-core
// may find no violation, and a witness is stepped through by buttons and by keys. Pictures of each page are kept.
//
//   node look.mjs FOLDER PAGE...        writes FOLDER/<page>-<light|dark>-<wide|phone>.png and FOLDER/<page>.pdf
import {createRequire} from 'node:module';
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [folder, ...pages] = process.argv.slice(2);
const sizes = [
  ['wide', 1280, 900],
  ['phone', 360, 740],
];
const mostBytes = 5e6;
let wrong = 0;

function complain(page, text) {
  wrong += 1;
  console.log(`${page}: ${text}`);
}

/// Buttons, keys and slider lead to the same steps, and the last step names who is stuck.
async function step(tab, name) {
  const player = await tab.$('.player');
  if (!player) return;
  const place = () => tab.$eval('.player output', (each) => each.textContent);
  const click = (label) =>
    tab.$$eval('.player button', (all, text) => all.find((each) => each.textContent === text).click(), label);
  await click('Start');
  if ((await place()) !== 'before the first step') complain(name, 'the player does not go to its beginning');
  const seen = new Set();
  const count = await tab.$eval('.player input', (each) => Number(each.max));
  for (let i = 0; i < Math.min(count, 200); ++i) {
    await click('Next');
    seen.add(await place());
  }
  if (seen.size !== Math.min(count, 200)) complain(name, `${seen.size} places in ${count} steps`);
  await click('Start');
  await tab.focus('.player input');
  await tab.keyboard.press('ArrowRight');
  const byKey = await place();
  await click('Start');
  await click('Next');
  if (byKey !== (await place())) complain(name, `a key leads to ${byKey}, the button to ${await place()}`);
  await tab.keyboard.press('End');
  await click('End');
  const left = await tab.$eval('.player .waits', (each) => each.textContent).catch(() => '');
  console.log(`${name}: ${count} steps; at the end: ${left.slice(0, 160)}`);
  if ((await tab.$('.player .note')) === null) complain(name, 'nothing is marked at the last step');
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  headless: 'shell',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const file of pages) {
  const name = path.basename(file, '.html');
  if (statSync(file).size > mostBytes) complain(name, `${statSync(file).size} bytes`);
  for (const scheme of ['light', 'dark']) {
    for (const [size, width, height] of sizes) {
      const tab = await browser.newPage();
      tab.on('console', (message) => complain(name, `console: ${message.text()}`));
      tab.on('pageerror', (error) => complain(name, `error: ${error.stack}`));
      tab.on('request', (request) => {
        if (!request.url().startsWith('file:')) complain(name, `asks for ${request.url()}`);
      });
      await tab.setViewport({width, height, deviceScaleFactor: 1});
      await tab.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
      await tab.goto(pathToFileURL(path.resolve(file)).href);
      await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      if (scheme === 'light' && size === 'wide') await step(tab, name);
      const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (overflow > 0) complain(name, `${overflow} px too wide (${size})`);
      await tab.screenshot({path: path.join(folder, `${name}-${scheme}-${size}.png`), fullPage: true});
      // The page's policy allows no other script, so axe is brought in as the debugger's.
      await tab.evaluate(axe);
      const found = await tab.evaluate(() => globalThis.axe.run(document, {resultTypes: ['violations']}));
      for (const each of found.violations)
        complain(
          name,
          `${scheme} ${size}: ${each.id}: ${each.help}: ${each.nodes
            .slice(0, 3)
            .map((node) => node.html.slice(0, 140) + ' ' + (node.any[0]?.message ?? ''))
            .join(' | ')}`,
        );
      if (scheme === 'light' && size === 'wide') await tab.pdf({path: path.join(folder, `${name}.pdf`), format: 'A4'});
      await tab.close();
    }
  }
}
await browser.close();
console.log(wrong === 0 ? `${pages.length} pages, nothing wrong` : `${wrong} complaints`);
process.exit(wrong === 0 ? 0 : 1);
