// hostile: a getter that does not come back
// expect: QUOTA_FUEL
// python: @property def value(self): while True: pass
const trap = {
  get value() {
    for (;;) {}
  },
};
trap.value;
