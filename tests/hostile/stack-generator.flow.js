// hostile: a generator that delegates to itself
// expect: QUOTA_STACK
// python: def down(): yield from down()
function* down() {
  yield* down();
}
[...down()];
