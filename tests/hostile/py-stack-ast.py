# hostile: the tree of a nested text
# expect: QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
import ast

ast.dump(ast.parse("[" * 3000 + "]" * 3000))
