// A page of another origin that shows the workbench in a frame and calls its tools.

import { createServer } from 'node:http';

const PAGE = `<!doctype html>
<html lang="en">
  <title>Embedder</title>
  <script>
    let next = 1;
    const waiting = new Map();
    addEventListener('message', ({ data, source }) => {
      if (data?.selvage !== 1 || source !== frames[0]) return;
      waiting.get(data.id)?.(data.result);
      waiting.delete(data.id);
    });
    function ask(name, input) {
      return new Promise((resolve) => {
        const id = next++;
        waiting.set(id, resolve);
        frames[0].postMessage({ selvage: 1, id, name, input }, '*');
      });
    }
    // The frame may still be loading: the first message that is heard is answered.
    async function show(url, msMax) {
      const frame = document.body.appendChild(document.createElement('iframe'));
      frame.style = 'width: 100%; height: 600px';
      frame.src = url;
      const end = performance.now() + msMax;
      for (;;) {
        const pause = new Promise((resolve) => setTimeout(resolve, 200, undefined));
        if (await Promise.race([ask('workspace_status', {}), pause])) return;
        if (performance.now() > end) throw new Error('the frame gives no answer');
      }
    }
  </script>
  <body></body>
</html>`;

/** Serves the page; gives its origin and `open(page, url)`, which gives a way to call tools from it. */
export async function serveEmbedder(defer) {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(PAGE);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  defer(async () => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://localhost:${server.address().port}`;
  return {
    origin,
    open: async (page, url, msMax = 20_000) => {
      await page.goto(origin);
      await page.evaluate(([url, msMax]) => window.show(url, msMax), [url, msMax]);
      return (name, input) => page.evaluate(([name, input]) => window.ask(name, input), [name, input]);
    },
  };
}
