//: shape module
//: value ["TypeError", "TypeError", "TypeError", "TypeError"]
export default async () =>
  Promise.all(["/relative", "file:///etc/passwd", ["https://x.org", { body: "x" }], ["https://x.org", { method: "POST", body: { no: 1 } }]]
    .map((input) => fetch(...[input].flat()).catch((error) => error.name)));
