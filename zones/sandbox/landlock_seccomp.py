"""Locks the calling process away for good: no foreign files, no network, no other programs.

Two mechanisms of Linux, neither of which needs a privilege. Landlock allows the files named and
nothing else, and no TCP. A seccomp filter refuses the calls that make sockets, start programs or
reach into other processes; it also covers UDP and raw sockets, which Landlock leaves open.
Both hold for this process and all it starts, and cannot be undone. Structures and numbers are
those of the kernel's headers ``linux/landlock.h``, ``linux/seccomp.h``, ``linux/filter.h``.
"""

import ctypes
import errno
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from zones.sandbox import system_calls

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 21, 22, 2
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_READ = _READ_FILE | _READ_DIR
# Neither links nor devices, pipes or sockets: whoever clears the folder away meets none.
_READ_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_NETWORK = 0b11  # bind and connect TCP
_SCOPES = 0b11  # abstract sockets and signals stay inside
_RULE_PATH_BENEATH = 1
_LANDLOCK_VERSION = 1

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_ABI_TCP, _ABI_SCOPES = 4, 6
_NONE = "none"


class _RulesetAttr(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class _SockFilter(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jump_true", ctypes.c_uint8),
        ("jump_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _SockProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_SockFilter)))


def available_level() -> str:
    """Return which mechanisms this kernel offers, e.g. ``landlock-7+seccomp``, or ``none``."""
    if not sys.platform.startswith("linux"):
        return _NONE
    abi = _landlock_abi()
    offered = [f"landlock-{abi}"] if abi else []
    return "+".join([*offered, *(["seccomp"] if _has_seccomp() else [])]) or _NONE


def confine(*, readable: Iterable[Path], writable: Path) -> str:
    """Lock this process away and return the level reached, as ``available_level`` names it.

    Files that are open already stay usable. Import and load all that will be needed first.

    Parameters
    ----------
    readable
        Files and folders that may be read; those that do not exist are passed over.
    writable
        The one folder in which files may be made, changed and removed.

    Raises
    ------
    OSError
        If the kernel offers a mechanism and refuses to apply it.
    RuntimeError
        If the process has several threads: only the calling one would be locked away.
    """
    level = available_level()
    if level == _NONE:
        return level
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError("a process with several threads cannot be confined")
    _must(int(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))
    if abi := _landlock_abi():
        _restrict_files(abi, readable, writable)
    if _has_seccomp():
        _restrict_calls(system_calls.REFUSED[os.uname().machine])
    return level


@cache
def _libc() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl.argtypes = (ctypes.c_int, *(ctypes.c_ulong,) * 4)
    library.syscall.restype = ctypes.c_long
    return library


def _must(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _landlock_abi() -> int:
    """Return the version of Landlock, 0 where it is missing or switched off."""
    none = ctypes.c_void_p(None)
    return max(
        0, int(_libc().syscall(_CREATE_RULESET, none, ctypes.c_size_t(0), _LANDLOCK_VERSION))
    )


def _has_seccomp() -> bool:
    known = os.uname().machine in system_calls.REFUSED and sys.maxsize > 2**32
    return known and int(_libc().prctl(_PR_GET_SECCOMP, 0, 0, 0, 0)) >= 0


def _restrict_files(abi: int, readable: Iterable[Path], writable: Path) -> None:
    handled = _file_rights(abi)
    ruleset = _RulesetAttr(
        handled, _NETWORK if abi >= _ABI_TCP else 0, _SCOPES if abi >= _ABI_SCOPES else 0
    )
    size = 8 if abi < _ABI_TCP else 16 if abi < _ABI_SCOPES else 24
    created = _libc().syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), 0)
    ruleset_fd = _must(int(created))
    try:
        for path in readable:
            with suppress(FileNotFoundError):
                _allow(ruleset_fd, path, rights=_READ & handled)
        _allow(ruleset_fd, writable, rights=_READ_WRITE & handled)
        _must(int(_libc().syscall(_RESTRICT_SELF, ruleset_fd, 0)))
    finally:
        os.close(ruleset_fd)


def _file_rights(abi: int) -> int:
    """Return every right that this version of Landlock can withhold."""
    count = {1: 13, 2: 14, 3: 15, 4: 15}.get(abi, 16)
    return (1 << count) - 1


def _allow(ruleset_fd: int, path: Path, *, rights: int) -> None:
    parent_fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        granted = rights if path.is_dir() else rights & _FILE_RIGHTS
        rule = ctypes.byref(_PathBeneathAttr(granted, parent_fd))
        _must(int(_libc().syscall(_ADD_RULE, ruleset_fd, _RULE_PATH_BENEATH, rule, 0)))
    finally:
        os.close(parent_fd)


def _restrict_calls(refused: Sequence[int]) -> None:
    """Load a filter that answers EPERM to the calls named and to those of a foreign ABI."""
    program = _filter_program(os.uname().machine, refused)
    array = (_SockFilter * len(program))(*program)
    loaded = _SockProgram(len(program), array)
    at = ctypes.addressof(loaded)
    _must(int(_libc().prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, at, 0, 0)))


def _filter_program(machine: str, refused: Sequence[int]) -> list[_SockFilter]:
    load, equal, at_least, any_bit, answer = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, missing = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
    number_at, architecture_at, first_argument_at, foreign_abi = 0, 4, 16, 0x40000000
    tests = [(equal, number) for number in refused]
    tests.append((at_least, foreign_abi))  # x32, whose numbers are others
    # A jump counts the instructions to pass over; the last three are the answers.
    return [
        _SockFilter(load, 0, 0, architecture_at),
        _SockFilter(equal, 0, len(tests) + 6, system_calls.AUDIT_ARCH[machine]),
        _SockFilter(load, 0, 0, number_at),
        *(
            _SockFilter(code, len(tests) - index + 4, 0, value)
            for index, (code, value) in enumerate(tests)
        ),
        _SockFilter(equal, 5, 0, system_calls.CLONE3),
        _SockFilter(equal, 0, 2, system_calls.CLONE[machine]),
        _SockFilter(load, 0, 0, first_argument_at),
        _SockFilter(any_bit, 1, 0, system_calls.NEW_NAMESPACES),
        _SockFilter(answer, 0, 0, allow),
        _SockFilter(answer, 0, 0, refuse),
        _SockFilter(answer, 0, 0, missing),
    ]
