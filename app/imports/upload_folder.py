"""Where uploads wait for their import, and what excludes what across all worker processes.

Everything rests on ``flock``: the kernel gives a lock back when its process ends, however it
ends, so that nothing has to be cleaned up before the next import may begin.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from app.http.disk_full import disk_faults
from app.settings import Settings
from zones.file_lock import try_lock, wait_for_lock

_CANCEL = "cancel"
_UPLOAD = "upload"
_RESUMED = "resumed"
_SENDER = "sender"


def work_folder_of(settings: Settings) -> Path:
    """Return the folder that belongs to a store: the one set, else beside a store's file.

    A store that is no file has one of its own in the system's temporary folder.
    """
    if settings.work_dir is not None:
        return settings.work_dir.absolute()
    scheme, _, path = settings.store.partition(":///")
    if scheme == "sqlite" and path:
        return Path(path).absolute().parent / "imports"
    store = sha256(settings.store.encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"heping-zones-{os.getuid()}-{store}"


class Lock:
    """A file that at most one holder in all processes has locked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Return whether the lock is ours now; never waits.

        Raises
        ------
        StoreError
            If the disk is too full for the lock's file, or fails.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        with disk_faults("store"):
            handle = os.open(self._path, flags, 0o600)
        if not try_lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let others have it; nothing happens when it is not ours."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an upload, as the audit log tells it, and in which trace; the store has his name."""

    key_id: str | None
    request_id: str
    traceparent: str = ""


class UploadFolder:
    """The folder of one import; it is locked while its owner lives and goes when it is done.

    Parameters
    ----------
    folder
        There already, and nobody else's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.upload = folder / _UPLOAD
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        # Waits only for those who look at this moment whether it is locked.
        wait_for_lock(self._handle)
        self._cancel = folder / _CANCEL
        self._cancel.unlink(missing_ok=True)  # asked of an import that had ended by then

    def release(self) -> None:
        """Leave the folder as it is, to whoever leads its import on."""
        os.close(self._handle)

    def hand_over(self) -> None:
        """Leave the folder to whoever leads its import on, which did not die."""
        (self.folder / _RESUMED).unlink(missing_ok=True)
        self.release()

    def is_cancelled(self) -> bool:
        """Return whether some process has asked to end the import."""
        return self._cancel.exists()

    def note_sender(self, sender: "Sender") -> None:
        """Keep who sent the upload, for whoever leads its import on should this process die.

        Raises
        ------
        StoreError
            If the disk is full, or fails.
        """
        with disk_faults("upload"):
            (self.folder / _SENDER).write_text(json.dumps(asdict(sender)))
        (self.folder / _RESUMED).unlink(missing_ok=True)  # of an import decided about since

    def sender(self) -> "Sender":
        """Return who sent the upload."""
        return Sender(**json.loads((self.folder / _SENDER).read_text()))

    def mark_resumed(self) -> None:
        """Note that its import is led on after its process died, which happens once.

        Raises
        ------
        StoreError
            If the disk is full, or fails.
        """
        with disk_faults("upload"):
            (self.folder / _RESUMED).touch()

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._handle)


class WorkFolder:
    """All places and locks of one store."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._places = root / "waiting"
        self._collections = root / "collections"
        self._slots = root / "slots"
        self._gone = root / "gone"
        self.stored_uploads = root / "kept"
        self.webhooks = root / "webhooks"
        for folder in (
            *(root, self._places, self._collections, self._slots, self._gone, self.stored_uploads),
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def root(self) -> Path:
        """The folder itself."""
        return self._root

    def make_place(self, import_id: str) -> UploadFolder:
        """Return a new place, owned by this process; may wait for another process.

        Raises
        ------
        StoreError
            If the disk is full, or fails.
        """
        with disk_faults("upload"), alone(self._root, "places"):
            folder = self._places / import_id
            folder.mkdir(mode=0o700)
            return UploadFolder(folder)

    def take_place(self, import_id: str, stored: Path) -> UploadFolder | None:
        """Return a place that is a folder kept before, moved in; None when that is gone."""
        with alone(self._root, "places"):
            folder = self._places / import_id
            try:
                stored.rename(folder)
            except FileNotFoundError:
                return None
            return UploadFolder(folder)

    def can_resume(self, import_id: str) -> bool:
        """Return whether an upload waits whose import was neither led on yet nor cancelled."""
        folder = self._places / import_id
        is_over = (folder / _RESUMED).exists() or (folder / _CANCEL).exists()
        return (folder / _SENDER).is_file() and not is_over

    def adopt(self, import_id: str) -> UploadFolder | None:
        """Return the place of a process that died, owned by this one; None if it cannot go on."""
        with alone(self._root, "places"):
            folder = self._places / import_id
            if not self.can_resume(import_id) or _is_held(folder):
                return None
            return UploadFolder(folder)

    def abandoned(self) -> list[str]:
        """Return the ids of imports whose process is gone."""
        return [folder.name for folder in self._places.iterdir() if not _is_held(folder)]

    def waiting(self) -> int:
        """Return how many imports are under way or wait, in all processes."""
        return sum(1 for _ in self._places.iterdir())

    def is_alive(self, import_id: str) -> bool:
        """Return whether a living process owns the import, also as it moves it to be kept."""
        return _is_held(self._places / import_id) or _is_held(self.stored_uploads / import_id)

    def request_cancel(self, import_id: str) -> None:
        """Tell whichever process owns the import to end it."""
        folder = self._places / import_id
        if folder.is_dir():
            with disk_faults("store"):
                (folder / _CANCEL).touch()

    def remove_abandoned(self, *, spared: Container[str] = ()) -> int:
        """Remove the places whose process is gone, but for those spared; return how many.

        Others wait for their names to be taken away only, not for what they hold.
        """
        with alone(self._root, "places"):
            gone = [
                folder
                for folder in self._places.iterdir()
                if folder.name not in spared and not _is_held(folder)
            ]
            for folder in gone:
                folder.rename(self._gone / folder.name)
        for folder in self._gone.iterdir():
            shutil.rmtree(folder, ignore_errors=True)
        return len(gone)

    def collection_lock(self, collection_id: str) -> Lock:
        """Return the lock that makes imports into one collection exclude each other."""
        return Lock(self._collections / f"{collection_id}.lock")

    def slots(self, count: int) -> tuple[Lock, ...]:
        """Return the locks of which an import needs one while it runs."""
        return tuple(Lock(self._slots / f"{number}.lock") for number in range(count))


@contextmanager
def alone(root: Path, what: str) -> Iterator[None]:
    """Hold up other processes that enter the same block until this one leaves it."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(root / f"{what}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        wait_for_lock(handle)
        yield
    finally:
        os.close(handle)


def _is_held(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    # Shared, so that two who look at the same time do not take each other for the owner.
    try:
        return not try_lock(handle, shared=True)
    finally:
        os.close(handle)
