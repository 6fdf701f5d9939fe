// hostile: an interval that nobody clears
// expect: QUOTA_CALLS
// limits: {"callsMax": 60}
// python: loop.call_later again and again
setInterval(() => {}, 0);
