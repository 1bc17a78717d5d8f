import { createServer } from 'node:http';
import { once } from 'node:events';
import { launchBrowser } from './browser.js';
import { freePort } from './free-port.js';

describe('launchBrowser', () => {
  it('opens a page, runs its script and takes a picture', async () => {
    const port = await freePort();
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<h1>Hello</h1><script>document.querySelector("h1").append(" browser")</script>');
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const text = await page.locator('h1').innerText();
    const picture = await page.screenshot();
    await browser.close();
    server.close();

    expect(text).toBe('Hello browser');
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
  });
});
