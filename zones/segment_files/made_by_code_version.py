"""Which modules made a file: what is kept of other ones is not used."""

from hashlib import blake2b
from importlib.resources.abc import Traversable


def digest_of(*folders: Traversable) -> str:
    """Return a name for what the modules in folders do: another one when any of them changes.

    The folders may lie in a zip, as they do on the nodes of a cluster.

    Raises
    ------
    FileNotFoundError
        A folder is not there, or none of modules.
    """
    digest = blake2b(digest_size=8)
    for folder in folders:
        modules = [each for each in folder.iterdir() if each.name.endswith(".py")]
        if not modules:
            raise FileNotFoundError(folder)
        for module in sorted(modules, key=lambda each: each.name):
            digest.update(module.read_bytes())
    return digest.hexdigest()
