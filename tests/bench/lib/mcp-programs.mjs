// The programs of the bench over MCP, in both languages. In JavaScript each is a function of what reads and writes files, since
// flows and Node have different ones; in Python it is the same file for both, which leaves its result in `result`.

/** What every program finds: orders, as an agent may be asked to sum them up. */
export const INPUT = JSON.stringify(
  Array.from({ length: 400 }, (_, id) => ({ id, customer: `c${id % 37}`, amount: (id * 7919) % 1000, tags: ['new', id % 3 === 0 ? 'large' : 'small'] })),
);

/** Where it lies. */
export const INPUT_PATH = 'data/orders.json';

export const PROGRAMS = [
  { name: 'trivial', js: 'async () => 1 + 1', py: 'result = 1 + 1' },
  {
    name: 'orders',
    js: `async ({ read }) => {
  const totals = {};
  for (const { customer, amount, tags } of JSON.parse(await read('${INPUT_PATH}'))) {
    if (tags.includes('large')) totals[customer] = (totals[customer] ?? 0) + amount;
  }
  return Object.entries(totals).sort((a, b) => b[1] - a[1]).slice(0, 10);
}`,
    py: `import json
totals = {}
with open("${INPUT_PATH}") as file:
    for order in json.load(file):
        if "large" in order["tags"]:
            totals[order["customer"]] = totals.get(order["customer"], 0) + order["amount"]
result = [list(pair) for pair in sorted(totals.items(), key=lambda pair: -pair[1])[:10]]`,
  },
  {
    name: 'loop',
    js: `async () => {
  let n = 0;
  for (let i = 0; i < 50000; i++) n = (n + i * 3) % 1000003;
  return n;
}`,
    py: `n = 0
for i in range(50000):
    n = (n + i * 3) % 1000003
result = n`,
  },
  {
    name: 'artifact',
    js: `async ({ write }) => {
  const text = Array.from({ length: 200 }, (_, line) => \`- line \${line}: \${line * line}\\n\`).join('');
  await write('out/report.md', text);
  return text.length;
}`,
    py: `import os
text = "".join(f"- line {line}: {line * line}\\n" for line in range(200))
os.makedirs("out", exist_ok=True)
with open("out/report.md", "w") as file:
    file.write(text)
result = len(text)`,
  },
];

/** As a flow. */
export const asFlow = ({ js }) => `const main = ${js};\nexport default (flow) => main({ read: (path) => flow.fs.readText(path), write: (path, text) => flow.fs.write(path, text) });\n`;

/** As a program of Node, which prints its result. */
export const asNode = ({ js }) => `import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
const main = ${js};
const write = async (path, text) => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};
console.log(JSON.stringify(await main({ read: (path) => readFile(path, 'utf8'), write })));
`;

/** As a program of Python, which prints its result. */
export const asPython = ({ py }) => `${py}\nimport json\nprint(json.dumps(result))\n`;
