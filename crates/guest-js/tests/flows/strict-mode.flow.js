//: value "script"
// Scripts are sloppy, as they were written.
undeclared = "script";
undeclared;
