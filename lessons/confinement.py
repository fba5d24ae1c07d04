"""A process that reads what strangers wrote gives up what it does not need: network, files, memory, time.

Once given up, nothing comes back. What a kernel does not allow to give up is told, not hidden:
`dusal doctor` says it to whoever runs the service.
"""

import ctypes
import os
import resource

MEMORY_BYTES = 256 * 1024 * 1024
"""Of address space. A package with 19 MB of pictures takes 117 MB of it at its peak, a course of 1,000
lessons 54 MB."""
_OPEN_FILES = 32
_NEW_USER, _NEW_NETWORK = 0x1000_0000, 0x4000_0000
"""CLONE_NEWUSER and CLONE_NEWNET of Linux's unshare(2)."""


def confine(*, cpu_seconds: int) -> tuple[str, ...]:
    """Give up everything but computing and reading files; return what could not be given up.

    Seconds are of work, not of waiting: after them the kernel ends the process. Files can still be
    made, and stay empty. Root may start processes all the same, and services do not run as root.
    """
    limits = {
        "memory": (resource.RLIMIT_AS, MEMORY_BYTES),
        "time": (resource.RLIMIT_CPU, cpu_seconds),
        "files written": (resource.RLIMIT_FSIZE, 0),
        "files open": (resource.RLIMIT_NOFILE, _OPEN_FILES),
        "processes": (resource.RLIMIT_NPROC, 0),
        "crash dumps": (resource.RLIMIT_CORE, 0),
    }
    left = [] if cut_network() else ["network"]
    for what, (limit, most) in limits.items():
        hard = resource.getrlimit(limit)[1]
        lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(limit, (lowered, lowered))
        except (OSError, ValueError):
            left.append(what)
    return tuple(left)


def cut_network() -> bool:
    """Move this process into a network of its own, in which there is nobody; tell whether it worked.

    Only Linux can: at once for root, else inside a new user namespace where the system allows those
    (user_namespaces(7)). The process must have one thread.
    """
    try:
        unshare = ctypes.CDLL(None, use_errno=True).unshare
    except (OSError, AttributeError):
        return False
    return any(unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_NETWORK | _NEW_USER))


def network_can_be_cut() -> bool:
    """Tell whether `cut_network` works on this machine, without doing it to this process."""
    child = os.fork()
    if child == 0:
        # Nothing of this process may run on in its copy: not even its clean-up.
        os._exit(0 if cut_network() else 1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0
