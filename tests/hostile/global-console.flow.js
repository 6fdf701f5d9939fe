// hostile: a console that is called on something else
// expect: OK|RUNTIME_EXCEPTION
const { log } = console;
log.call(null, 'a');
log.apply({ log: 1 }, ['b']);
1;
