"""Which modules made a file: what is kept of other ones is not used."""

from hashlib import blake2b
from pathlib import Path


def digest_of(*folders: Path) -> str:
    """Return a name for what the modules in folders do: another one when any of them changes."""
    digest = blake2b(digest_size=8)
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
