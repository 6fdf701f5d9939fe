//: value null
//: log info i 1
//: log debug d
//: log info i2
//: log warn w
//: log error e
flow.log("i", 1);
flow.log.debug("d");
flow.log.info("i2");
flow.log.warn("w");
flow.log.error("e");
