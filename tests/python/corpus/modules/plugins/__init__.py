"""Plugins: each module registers itself when it is imported."""

REGISTRY = {}


def register(name):
    def decorate(function):
        REGISTRY[name] = function
        return function

    return decorate
