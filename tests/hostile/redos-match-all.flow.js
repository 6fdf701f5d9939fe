// hostile: an endless walk over empty matches
// expect: QUOTA_FUEL|QUOTA_MEMORY
const sticky = /(?:)/y;
let found = 0;
while (sticky.exec('a')) {
  sticky.lastIndex = 0;
  found += 1;
}
found;
