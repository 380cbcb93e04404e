// A planner's walk in Firefox, which is driven by WebDriver BiDi: what went wrong is written as JSON.

import puppeteer from "puppeteer-core";

const [base, executablePath, key] = process.argv.slice(2);
const PAGES = [
  "/locate", "/sketch", "/plan/indicators", "/collections/sites/items?f=html", "/collections/zones/edit",
  "/collections/zones/revisions", "/map/print",
];
const SLOW = { timeout: 60_000 };
const faults = [];
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });

function watched(page) {
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && faults.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => /^https?:/.test(request.url()) && !request.url().startsWith(base) && faults.push(`foreign: ${request.url()}`));
  return page;
}

/** Wait until the page says that it is ready, if it ever does: those without scripts do not. */
const isThere = (page) => page.waitForFunction(() => document.readyState === "complete" && document.body.dataset.ready !== "false", SLOW);

/** Return where the element of that number among those found is, once it stays there: the editor draws anew as it moves. */
async function atRest(page, selector, number) {
  const look = () => page.evaluate(([found, at]) => {
    const box = document.querySelectorAll(found)[at]?.getBoundingClientRect();
    return box?.width ? { x: box.x, y: box.y } : null;
  }, [selector, number]);
  for (let before = await look(), tries = 0; tries < 150; tries++) {
    await new Promise((wake) => setTimeout(wake, 200));
    const now = await look();
    if (before && now && before.x === now.x && before.y === now.y) return now;
    before = now;
  }
  throw new Error(`${selector} ${number} does not come to rest`);
}

/** Move the common border of two blocks, undo, redo, save, and restore what was before. */
async function editing(page) {
  await page.goto(`${base}/signin?lang=zh&next=/collections/blocks/edit%3Flang=zh`);
  const send = await page.waitForSelector("#send:not([disabled])", SLOW);
  await page.type("#key", key);
  await Promise.all([page.waitForNavigation(SLOW), send.click()]);
  await page.waitForSelector('body[data-ready="true"]', SLOW);
  const map = await (await page.$("#map")).boundingBox();
  await page.mouse.click(map.x + map.width * 0.3, map.y + map.height * 0.5);
  const box = await atRest(page, ".vertex-shared", 1);
  await page.mouse.move(box.x + 7, box.y + 7);
  await page.mouse.down();
  await page.mouse.move(box.x + 67, box.y + 19, { steps: 4 });
  await page.mouse.up();
  for (const id of ["undo", "redo", "save"]) await (await page.waitForSelector(`#${id}:not([disabled])`, SLOW)).click();
  const saved = await (await page.waitForSelector("#saved", SLOW)).evaluate((node) => node.firstChild.textContent.trim());
  await page.goto(`${base}/collections/blocks/revisions?f=html&lang=zh`);
  await page.waitForSelector("#revisions li:nth-child(3)", SLOW);
  const versions = (await page.$$("#revisions li")).length;
  await (await page.$("#revisions li:nth-child(2) .revision-head button:last-of-type")).click();
  await page.type("#reason", "试用之后恢复");
  await Promise.all([page.waitForNavigation(SLOW), page.click("#restore-yes")]);
  await page.waitForSelector(`#revisions li:nth-child(${versions + 1})`, SLOW);
  return { saved, versions };
}

try {
  const page = watched(await browser.newPage());
  await page.setViewport({ width: 1366, height: 768 });
  await page.goto(`${base}/map?lang=zh`);
  await page.waitForSelector("body[data-ready]", SLOW);
  await page.type("#search", "bsc");
  await (await page.waitForSelector("#hit-0", SLOW)).click();
  await page.waitForSelector("[data-profile='zone-beishichang']", SLOW);
  await page.click("[data-tool=area]");
  await page.waitForSelector(".typed textarea", SLOW);
  await page.type(".typed textarea", "41.786, 123.405; 41.79, 123.405; 41.79, 123.41");
  await page.click(".typed button");
  const measured = await (await page.waitForSelector(".tool-told strong", SLOW)).evaluate((node) => node.textContent);
  await page.keyboard.press("Escape");
  const again = watched(await browser.newPage());
  await again.goto(page.url());
  await again.waitForSelector("[data-profile='zone-beishichang']", SLOW);
  const wide = [];
  for (const path of PAGES) {
    await again.goto(base + path);
    await isThere(again);
    if (await again.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)) wide.push(path);
  }
  const edited = await editing(again);
  console.log(JSON.stringify({ version: await browser.version(), measured, wide, faults, ...edited }));
} finally {
  await browser.close();
}
