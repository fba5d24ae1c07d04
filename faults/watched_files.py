"""Every write and every sync that SQLite asks the system for, told to a watcher who may refuse it.

A layer of our own between SQLite and its files (https://www.sqlite.org/vfs.html), put there through
the library that this interpreter uses: it needs no privileges, and what it refuses comes back through
SQLite's own error paths. The file of locks (`-shm`) does not pass here; it is never read after a crash.
"""

import ctypes
import os
import traceback
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import Any, Protocol

FULL = 13
"""SQLITE_FULL: what SQLite makes of ENOSPC."""
WRITE_REFUSED = 10 | (3 << 8)
"""SQLITE_IOERR_WRITE: what it makes of EROFS, EDQUOT and EFBIG."""
SYNC_FAILED = 10 | (4 << 8)
"""SQLITE_IOERR_FSYNC: what it makes of EIO at fsync."""
_DONE = 0
_MAKE = 0x4
"""SQLITE_OPEN_CREATE."""
_OUR_NAME = b"watched"
_METHODS = 19
"""Entries of sqlite3_io_methods, version 3, the number at its head included."""
_CLOSE, _WRITE, _TRUNCATE, _SYNC = 1, 3, 4, 5

_XClose = CFUNCTYPE(c_int, c_void_p)
_XWrite = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_XTruncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_XSync = CFUNCTYPE(c_int, c_void_p, c_int)
_XOpen = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_XDelete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)


class _Vfs(Structure):
    """sqlite3_vfs, as far as it is read or changed here; the rest is copied."""

    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("own_data", c_void_p),
        ("open", _XOpen),
        ("delete", _XDelete),
        ("others", c_void_p * 14),
    )


class Watcher(Protocol):
    """Told before each call reaches the system; anything but 0 is the answer instead of making it."""

    def made(self, file: Path) -> None:
        """A file that was not there has been opened."""

    def write(self, file: Path, offset: int, content: bytes) -> int: ...

    def truncate(self, file: Path, length: int) -> int: ...

    def sync(self, file: Path) -> int: ...

    def synced(self, file: Path) -> None:
        """The sync has succeeded."""

    def delete(self, file: Path, *, and_folder: bool) -> int:
        """With `and_folder` the folder is synced after it."""
        ...


class Transparent:
    """A watcher that refuses nothing; to be built upon."""

    def made(self, file: Path) -> None:
        pass

    def write(self, file: Path, offset: int, content: bytes) -> int:
        return _DONE

    def truncate(self, file: Path, length: int) -> int:
        return _DONE

    def sync(self, file: Path) -> int:
        return _DONE

    def synced(self, file: Path) -> None:
        pass

    def delete(self, file: Path, *, and_folder: bool) -> int:
        return _DONE


_kept: list[object] = []
"""What SQLite holds pointers to must not be collected."""


def watch(watcher: Watcher) -> None:
    """Tell `watcher` of every file SQLite opens in this process from now on; once in a process."""
    library = ctypes.CDLL("libsqlite3.so.0")
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    original = library.sqlite3_vfs_find(None)
    assert original.contents.name != _OUR_NAME
    files = _Files(watcher)

    def opening(_vfs: int, name: int | None, file: int, flags: int, out_flags: int) -> int:
        path = None if name is None else Path(os.fsdecode(ctypes.string_at(name)))
        is_new = path is not None and flags & _MAKE and not path.exists()
        code: int = original.contents.open(cast(original, c_void_p).value, name, file, flags, out_flags)
        if code == _DONE and path is not None:
            if is_new:
                watcher.made(path)
            files.take(file, path)
        return code

    def deleting(_vfs: int, name: bytes, and_folder: int) -> int:
        if code := watcher.delete(Path(os.fsdecode(name)), and_folder=bool(and_folder)):
            return code
        done: int = original.contents.delete(cast(original, c_void_p).value, name, and_folder)
        return done

    ours = _Vfs()
    ctypes.memmove(byref(ours), original, ctypes.sizeof(_Vfs))
    ours.next, ours.name = None, _OUR_NAME
    ours.open, ours.delete = _XOpen(_or_end(opening)), _XDelete(_or_end(deleting))
    assert library.sqlite3_vfs_register(byref(ours), 1) == _DONE
    _kept.extend((library, original, ours, files))


class _Files:
    """Which file is which, and the table of methods each of them now has."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._paths: dict[int, Path] = {}
        self._tables: dict[int, Any] = {}  # arrays of pointers, as ctypes calls them
        self._originals: dict[int, Any] = {}
        self._table_of: dict[int, int] = {}

    def take(self, file: int, path: Path) -> None:
        """Put our methods in the place of some of the file's."""
        head = cast(file, POINTER(c_void_p))
        table = head[0]
        assert table is not None
        if table not in self._tables:
            self._tables[table] = self._table(table)
        self._paths[file], self._table_of[file] = path, table
        head[0] = ctypes.addressof(self._tables[table])

    def _table(self, at: int) -> "ctypes.Array[c_void_p]":
        originals = (c_void_p * _METHODS).from_address(at)
        table = (c_void_p * _METHODS)(*originals)
        close, write = _XClose(originals[_CLOSE] or 0), _XWrite(originals[_WRITE] or 0)
        truncate, sync = _XTruncate(originals[_TRUNCATE] or 0), _XSync(originals[_SYNC] or 0)

        def closing(file: int) -> int:
            self._paths.pop(file)
            cast(file, POINTER(c_void_p))[0] = self._table_of.pop(file)
            code: int = close(file)
            return code

        def writing(file: int, content: int, length: int, offset: int) -> int:
            code = self._watcher.write(self._paths[file], offset, ctypes.string_at(content, length))
            return code or int(write(file, content, length, offset))

        def truncating(file: int, length: int) -> int:
            return self._watcher.truncate(self._paths[file], length) or int(truncate(file, length))

        def syncing(file: int, flags: int) -> int:
            code = self._watcher.sync(self._paths[file]) or int(sync(file, flags))
            if code == _DONE:
                self._watcher.synced(self._paths[file])
            return code

        for place, kind, function in (
            (_CLOSE, _XClose, closing),
            (_WRITE, _XWrite, writing),
            (_TRUNCATE, _XTruncate, truncating),
            (_SYNC, _XSync, syncing),
        ):
            callback = kind(_or_end(function))
            _kept.append(callback)
            table[place] = cast(callback, c_void_p)
        return table


def _or_end(function: Callable[..., int]) -> Callable[..., int]:
    """End the process where ctypes would print an exception and answer that all is well."""

    def guarded(*given: Any) -> int:  # whatever SQLite passes
        try:
            return function(*given)
        except BaseException:  # noqa: BLE001 - as said
            traceback.print_exc()
            os._exit(70)

    return guarded
