//: shape module
//: page https://api.example.com/a?b=1 200 "{\"x\": [1]}"
//: page https://api.example.com/none 404 "nothing"
//: value [true, 200, "text/plain", {"x": [1]}, false, 404, "nothing", "https://api.example.com/none", 7, "the body was read already; clone the response first", "nothing"]
export default async () => {
  const good = await fetch(new URL("/a?b=1#frag", "https://api.example.com"));
  const bad = await fetch("https://api.example.com/none", { method: "post", headers: { "X-A": "1" }, body: "hi" });
  const copy = bad.clone();
  const again = await fetch("https://api.example.com/none");
  const text = await bad.text();
  const twice = await bad.text().catch((error) => error.message);
  return [good.ok, good.status, good.headers.get("Content-Type"), await good.json(), bad.ok, bad.status, text, bad.url, (await again.bytes()).length, twice, await copy.text()];
};
