// hostile: a timer with code as text
// expect: RUNTIME_EXCEPTION
setTimeout('throw 1', 1);
