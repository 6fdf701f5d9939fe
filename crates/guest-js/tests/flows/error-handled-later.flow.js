//: value "caught"
const promise = Promise.reject(new Error("late"));
Promise.resolve().then(() => promise.catch(() => "caught"));
