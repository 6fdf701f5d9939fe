// hostile: a timer that sets the next one
// expect: QUOTA_CALLS
// limits: {"callsMax": 60}
// python: loop.call_later(0, again)
const again = () => setTimeout(again, 0);
again();
