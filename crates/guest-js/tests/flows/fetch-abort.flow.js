//: shape module
//: page https://slow.example/ 200 "late"
//: value ["AbortError", 20, true, "mine"]
export default async () => {
  const controller = new AbortController();
  const answer = fetch("https://slow.example/", { signal: controller.signal });
  controller.abort();
  const error = await answer.catch((error) => error);
  const other = new AbortController();
  other.abort("mine");
  return [error.name, error.code, controller.signal.aborted, await fetch("https://slow.example/", { signal: other.signal }).catch((e) => e)];
};
