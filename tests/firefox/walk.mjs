// A planner's walk in Firefox, which is driven by WebDriver BiDi: what went wrong is written as JSON.

import puppeteer from "puppeteer-core";

const [base, executablePath] = process.argv.slice(2);
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
  console.log(JSON.stringify({ version: await browser.version(), measured, wide, faults }));
} finally {
  await browser.close();
}
