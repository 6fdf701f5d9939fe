//: value "later"
new Promise((resolve) => setTimeout(() => resolve("later"), 5));
