// The six programs: each is a script whose last expression is the result, and runs in both interpreters as it is.

export const PROGRAMS = {
  recursion: `
    function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
    fib(24);`,
  loop: `
    let n = 0;
    for (let i = 0; i < 1000000; i++) n = (n + i * 3) % 1000003;
    n;`,
  objects: `
    const people = [];
    for (let i = 0; i < 30000; i++) people.push({ id: i, name: "p" + (i % 100), age: i % 90 });
    const ages = {};
    for (const { name, age } of people) ages[name] = (ages[name] ?? 0) + age;
    Object.keys(ages).length + people.filter((p) => p.age > 40).map((p) => p.id).reduce((a, b) => a + b, 0);`,
  json: `
    const rows = [];
    for (let i = 0; i < 4000; i++) rows.push({ id: i, name: "row " + i, tags: ["a", "b"], nested: { x: i / 3, ok: i % 2 === 0 } });
    let length = 0;
    for (let i = 0; i < 3; i++) { const text = JSON.stringify(rows); length += text.length + JSON.parse(text).length; }
    length;`,
  'string building': `
    let s = "";
    for (let i = 0; i < 200000; i++) s += "x";
    const parts = [];
    for (let i = 0; i < 50000; i++) parts.push("line " + i);
    s.length + parts.join("\\n").length;`,
  sort: `
    let seed = 12345;
    const next = () => (seed = (seed * 1103515245 + 12345) % 2147483648);
    const list = [];
    for (let i = 0; i < 50000; i++) list.push(next());
    list.sort((a, b) => a - b);
    list[0] + list[list.length - 1];`,
};
