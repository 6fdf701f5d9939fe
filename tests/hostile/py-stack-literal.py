# hostile: a literal that is nested
# expect: QUOTA_STACK|RUNTIME_EXCEPTION|QUOTA_MEMORY
import ast

ast.literal_eval("{1:" * 3000 + "1" + "}" * 3000)
