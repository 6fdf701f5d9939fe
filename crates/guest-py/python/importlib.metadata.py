"""What is known of installed packages: there are none in a run, where code is the standard library's or the workspace's."""

__all__ = ("PackageNotFoundError", "distribution", "distributions", "entry_points", "metadata", "packages_distributions", "requires", "version")


class PackageNotFoundError(ModuleNotFoundError):
    def __str__(self):
        return f"No package metadata was found for {self.name}"

    @property
    def name(self):
        return self.args[0]


def distribution(name):
    raise PackageNotFoundError(name)


metadata = requires = version = distribution


def distributions(**kwargs):
    return iter(())


def entry_points(**params):
    return ()


def packages_distributions():
    return {}


class MetadataPathFinder:
    """What `importlib.invalidate_caches` asks."""

    @classmethod
    def invalidate_caches(cls):
        pass
