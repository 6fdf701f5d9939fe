// hostile: a comparison that makes the array longer
// expect: QUOTA_FUEL|OK|QUOTA_MEMORY
const items = Array.from({ length: 100 }, (_, index) => 100 - index);
items.sort((a, b) => {
  items.push(a);
  return a - b;
});
typeof items;
