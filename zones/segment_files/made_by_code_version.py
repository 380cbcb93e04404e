"""Which modules made a file: what is kept of other ones is not used."""

from hashlib import blake2b
from pathlib import Path


def digest_of(*folders: Path) -> str:
    """Return a name for what the modules in folders do: another one when any of them changes.

    Raises
    ------
    FileNotFoundError
        A folder is not there, or none of modules.
    """
    digest = blake2b(digest_size=8)
    for folder in folders:
        if not (paths := sorted(folder.glob("*.py"))):
            raise FileNotFoundError(folder)
        for path in paths:
            digest.update(path.read_bytes())
    return digest.hexdigest()
