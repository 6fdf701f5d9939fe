//: value ["https://user:p@a.b:81/c%20d?x=1&y=%2B#h", "https://a.b", "81", "1", ["1", "2"], "a=1&b=x+y%26&c=%C3%BC", 3, "https://a.b/?q=1&q=2", "https://a.b/?z=9", true, false, "TypeError", "a=2&b=1", "x y", "\"https://a.b/\""]
const url = new URL("c d?x=1&y=%2B#h", "https://user:p@a.b:81/z");
const params = new URLSearchParams({ a: 1, b: "x y&", c: "ü" });
const live = new URL("https://a.b/?q=1");
live.searchParams.append("q", "2");
const before = live.href;
live.search = "?z=9";
const sorted = new URLSearchParams("b=1&a=2");
sorted.sort();
let failed;
try { new URL("nope"); } catch (error) { failed = error.name; }
[url.href, new URL("https://a.b/x").origin, url.port, url.searchParams.get("x"), new URLSearchParams("q=1&q=2").getAll("q"), `${params}`, params.size, before,
  `https://a.b/?${live.searchParams}`, URL.canParse("/x", "https://a.b"), URL.canParse("/x"), failed, `${sorted}`, new URLSearchParams("?k=x+y").get("k"), JSON.stringify(new URL("https://a.b"))];
