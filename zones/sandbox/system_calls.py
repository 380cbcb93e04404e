"""Numbers of the system calls that a reader of foreign files never needs, by machine.

From the kernel's tables: ``arch/x86/entry/syscalls/syscall_64.tbl`` and, for aarch64 and
loongarch64, ``include/uapi/asm-generic/unistd.h``. Machines that are not listed get no call filter.
"""

from types import MappingProxyType
from typing import Final

_X86_64 = {
    "shmget": 29,
    "shmat": 30,
    "shmctl": 31,
    "socket": 41,
    "execve": 59,
    "kill": 62,
    "semget": 64,
    "msgget": 68,
    "ptrace": 101,
    "rt_sigqueueinfo": 129,
    "pivot_root": 155,
    "setrlimit": 160,
    "chroot": 161,
    "mount": 165,
    "umount2": 166,
    "tkill": 200,
    "tgkill": 234,
    "add_key": 248,
    "request_key": 249,
    "keyctl": 250,
    "unshare": 272,
    "perf_event_open": 298,
    "prlimit64": 302,
    "open_by_handle_at": 304,
    "setns": 308,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "bpf": 321,
    "execveat": 322,
    "userfaultfd": 323,
}
_GENERIC = {
    "umount2": 39,
    "mount": 40,
    "pivot_root": 41,
    "chroot": 51,
    "unshare": 97,
    "ptrace": 117,
    "kill": 129,
    "tkill": 130,
    "tgkill": 131,
    "rt_sigqueueinfo": 138,
    "setrlimit": 164,
    "msgget": 186,
    "semget": 190,
    "shmget": 194,
    "shmctl": 195,
    "shmat": 196,
    "socket": 198,
    "add_key": 217,
    "request_key": 218,
    "keyctl": 219,
    "execve": 221,
    "perf_event_open": 241,
    "prlimit64": 261,
    "open_by_handle_at": 265,
    "setns": 268,
    "process_vm_readv": 270,
    "process_vm_writev": 271,
    "bpf": 280,
    "execveat": 281,
    "userfaultfd": 282,
}
_EVERYWHERE = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
}
"""Calls since Linux 5.1 have one number on all machines."""

_OF_GENERIC = (*_GENERIC.values(), *_EVERYWHERE.values())

REFUSED: Final = MappingProxyType(
    {
        "x86_64": (*_X86_64.values(), *_EVERYWHERE.values()),
        "aarch64": _OF_GENERIC,
        "loongarch64": _OF_GENERIC,
    }
)
CLONE: Final = MappingProxyType({"x86_64": 56, "aarch64": 220, "loongarch64": 220})
"""Begins threads too; refused where its flags ask for namespaces of its own."""
CLONE3: Final = 435
"""Keeps its flags where a filter cannot look: told to be missing, so that ``clone`` is called."""
NEW_NAMESPACES: Final = 0x7E020000
"""``CLONE_NEWNS``, ``NEWCGROUP``, ``NEWUTS``, ``NEWIPC``, ``NEWUSER``, ``NEWPID``, ``NEWNET``."""
AUDIT_ARCH: Final = MappingProxyType(
    {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "loongarch64": 0xC0000102}
)
