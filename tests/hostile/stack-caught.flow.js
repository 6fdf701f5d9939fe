// hostile: a recursion in which every level catches and goes down again
// expect: QUOTA_STACK
// python: try: down() except RecursionError: down()
function down() {
  try {
    down();
  } catch {
    down();
  } finally {
    down();
  }
}
down();
