"""Looks at code as data: names used, constants folded, safe evaluation, rewriting, formatting back."""

import ast
import dis
import inspect
import keyword
import textwrap
import tokenize
import io

SOURCE = textwrap.dedent('''
    """A module."""
    import os, sys as system
    from json import dumps as d

    LIMIT: int = 60 * 60

    @cached
    def outer(a, /, b=1, *args, key, **rest) -> str:
        """Says hello."""
        total = sum(x for x in range(b) if x % 2)
        def inner(): return total + LIMIT
        return f"{a!r:>{b}} {inner()}" if key else None

    class Thing(Base, metaclass=Meta):
        async def run(self):
            async with self.lock: await self.go()
''')

tree = ast.parse(SOURCE)
print(ast.get_docstring(tree), [type(node).__name__ for node in tree.body])
for node in ast.walk(tree):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        args = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        print(node.name, args, node.lineno, ast.get_docstring(node), [ast.unparse(d) for d in node.decorator_list])


class Imports(ast.NodeVisitor):
    def __init__(self):
        self.found = []

    def visit_Import(self, node):
        self.found += [(alias.name, alias.asname) for alias in node.names]

    def visit_ImportFrom(self, node):
        self.found += [(f"{node.module}.{alias.name}", alias.asname) for alias in node.names]


imports = Imports()
imports.visit(tree)
print(imports.found)


class Fold(ast.NodeTransformer):
    OPS = {ast.Add: lambda a, b: a + b, ast.Mult: lambda a, b: a * b, ast.Pow: lambda a, b: a**b}

    def visit_BinOp(self, node):
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Constant(int(a)), op, ast.Constant(int(b))) if type(op) in self.OPS:
                return ast.copy_location(ast.Constant(self.OPS[type(op)](a, b)), node)
        return node


print(ast.unparse(Fold().visit(ast.parse("x = 60 * 60 + y * (2 ** 3)"))))
print(ast.unparse(tree.body[4]))
for text in ("[1, {'a': (2.5, None)}, -3, b'x', {1, 2}]", "'a' 'b'", "__import__('os')", "1 + 1j", "[x for x in y]", "2 +"):
    try:
        print(ast.literal_eval(text))
    except (ValueError, SyntaxError) as error:
        print(type(error).__name__)
print(ast.dump(ast.parse("f(1, *a, k=2)", mode="eval").body), ast.dump(ast.parse("a[1:2]").body[0].value.slice))
code = compile(ast.fix_missing_locations(ast.Expression(ast.BinOp(ast.Constant(40), ast.Add(), ast.Name("n", ast.Load())))), "<made>", "eval")
print(eval(code, {"n": 2}), code.co_names, code.co_filename)
space = {}
exec("def made(x):\n    return x * factor\nfactor = 3", space)
print(space["made"](5), keyword.iskeyword("match"), keyword.issoftkeyword("match"))
tokens = [(tokenize.tok_name[t.type], t.string) for t in tokenize.generate_tokens(io.StringIO("a = b'x' + 1.5  # hm\n").readline)]
print(tokens)


def sample(a: int, b="x", *c, d: float = 1.0, **e) -> bool:
    """Sample."""


signature = inspect.signature(sample)
print(signature, [p.kind.name for p in signature.parameters.values()], signature.return_annotation)
print(inspect.getdoc(sample), inspect.isfunction(sample), sample.__code__.co_varnames[:2], sample.__defaults__, sample.__kwdefaults__, inspect.getmodule(sample).__name__)
print(inspect.getsource(sample).splitlines()[0], signature.bind(1, 2, 3, z=4).arguments)
print(callable(dis.dis), inspect.getmembers(ast.Name("x"), lambda v: isinstance(v, str))[-1])
