"""A small Lisp: reader, environments, closures, tail calls by a loop, macros by lists."""

import math
import operator as op
import re


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env:
                return env
            env = env.outer
        raise NameError(name)


class Lambda:
    def __init__(self, names, body, env):
        self.names, self.body, self.env = names, body, env

    def __call__(self, *args):
        return evaluate(self.body, Env(self.names, args, self.env))


class Symbol(str):
    pass


def read(text):
    stack = [[]]
    for token in re.findall(r'"(?:\\.|[^"])*"|[()\']|[^\s()\']+', text):
        if token == "(":
            stack.append([])
        elif token == ")":
            if len(stack) == 1:
                raise SyntaxError("unexpected )")
            done = stack.pop()
            stack[-1].append(done)
        elif token.startswith('"'):
            stack[-1].append(token[1:-1])
        else:
            for kind in (int, float, Symbol):
                try:
                    stack[-1].append(kind(token))
                    break
                except ValueError:
                    pass
    if len(stack) > 1:
        raise SyntaxError(f"{len(stack) - 1} ) missing")
    return stack[0]


GLOBAL = Env()
GLOBAL.update({name: getattr(math, name) for name in ("sqrt", "floor", "pi")})
GLOBAL.update({"+": lambda *a: sum(a), "*": lambda *a: math.prod(a), "-": op.sub, "/": op.truediv, "<": op.lt, "=": op.eq, "%": op.mod,
               "list": lambda *a: list(a), "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda a, l: [a, *l], "null?": op.not_, "map": lambda f, l: [f(x) for x in l]})


def evaluate(x, env=GLOBAL):
    while True:
        if isinstance(x, Symbol):
            return env.find(x)[x]
        if not isinstance(x, list):
            return x
        match x:
            case ["quote", value]:
                return value
            case ["if", test, yes, no]:
                x = yes if evaluate(test, env) else no
            case ["define", [name, *names], body]:
                env[name] = Lambda(names, body, env)
                return None
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return None
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return None
            case ["lambda", names, body]:
                return Lambda(names, body, env)
            case ["begin", *forms]:
                for form in forms[:-1]:
                    evaluate(form, env)
                x = forms[-1]
            case _:
                function, *args = [evaluate(part, env) for part in x]
                if isinstance(function, Lambda):
                    x, env = function.body, Env(function.names, args, function.env)
                else:
                    return function(*args)


def show(value):
    return f"({' '.join(map(show, value))})" if isinstance(value, list) else str(value)


PROGRAM = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 20)
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(loop 3000 0)
(define (counter) (begin (define n 0) (lambda () (begin (set! n (+ n 1)) n))))
(define c (counter)) (c) (c)
(map (lambda (x) (* x x)) (list 1 2 3.5))
(cons "a b" (cdr (quote (x y (z)))))
(define (compose f g) (lambda (x) (f (g x))))
((compose sqrt (lambda (n) (+ n 7))) 9)
"""
for form in read(PROGRAM):
    value = evaluate(form)
    if value is not None:
        print(show(value))
for wrong in ("(unknown 1)", "(1 2)", "(", "())", "(car (list))"):
    try:
        for form in read(wrong):
            evaluate(form)
    except Exception as error:
        print(type(error).__name__, error)
