// hostile: a comparison that gives what is no number
// expect: OK
// value: 3
[3, 1, 2].sort(() => 'neither').length;
