//: value 99999
Math.max(...Array.from({ length: 100000 }, (_, i) => i));
