"""numba's decorator for this package: serial, without the interpreter lock, cached in a private folder.

This is the one place of the pure rooms that looks at the environment and touches the disk. numba keeps
machine code in pickles, so the folder must be the user's own (mode 0700), and it is named by a hash
of the sources: numba notices a change of the file a kernel stands in, but not of a kernel it calls, and a
cached caller would keep an old callee.
"""

from __future__ import annotations

import functools
import hashlib
import os
import stat
import types as python_types
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]  # as numba, without types
from numba import types
from numba.extending import intrinsic

__all__ = [
    "cache_folder",
    "greatest",
    "jit",
    "jit_entry",
    "jit_maker",
    "jit_part",
    "jit_scan",
    "jit_single",
    "least",
    "private_folder",
    "single",
    "source_hash",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parents[1]
single: Callable[[float], float] = np.float32  # type: ignore[assignment]  # to the checker a float is a float
"""A number in single precision, for what `jit_single` functions are called with."""

_SCAN_FLAGS = {"nnan", "nsz", "arcp", "contract", "reassoc"}
"""Let LLVM vectorise sums and maxima; the scans' inputs are checked to be finite before."""


@functools.cache
def source_hash() -> str:
    """Hash of the sources that end in machine code: the radio room, other rooms' kernels, the constants."""
    digest = hashlib.sha256()
    found = {*(_PACKAGE / "radio").rglob("*.py"), *_PACKAGE.rglob("_*kernel.py"), _PACKAGE / "units.py"}
    for path in sorted(found):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def private_folder(path: Path) -> bool:
    """Make ``path`` with mode 0700 if need be; whether it is a real folder that only this user can enter."""
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: the profile folder is private by its access list
        return True
    return found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


@functools.cache
def cache_folder() -> Path | None:
    """Folder of the compiled kernels, or None where no private one can be had (nothing is cached then)."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(root) if root and Path(root).is_absolute() else Path.home() / ".cache"
        base.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    for path in (base / "merata", base / "merata" / f"kernels-{source_hash()}"):
        if not private_folder(path):
            return None
    return path


def _decorate(
    function: Function, fastmath: Any, *, is_entry: bool, allocates: bool = False, is_apart: bool = False
) -> Function:
    folder = cache_folder()
    before = numba.config.CACHE_DIR
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)  # read once, while the function is decorated
    try:
        made = numba.njit(
            nogil=True,
            cache=is_entry and folder is not None,
            error_model="numpy",
            fastmath=fastmath,
            boundscheck=False,
            no_cpython_wrapper=not is_entry,
            no_cfunc_wrapper=True,
            _nrt=allocates,  # without numba's runtime no array is counted: that halves the time of small kernels
            forceinline=not (is_entry or is_apart),  # a call would copy every array of every tuple onto the stack
        )(function)
    finally:
        numba.config.CACHE_DIR = before
    compiled: Function = made
    return compiled


def jit(function: Function) -> Function:
    """Compile a kernel that other kernels call, with exact IEEE arithmetic; Python cannot call it, it makes no array."""
    return _decorate(function, fastmath=False, is_entry=False)


def jit_part(function: Function) -> Function:
    """Compile a large kernel that others call often: as `jit`, but a function of its own, compiled once and not inlined."""
    return _decorate(function, fastmath=False, is_entry=False, is_apart=True)


def jit_entry(function: Function) -> Function:
    """Compile a kernel that Python calls and that makes no array; it is kept on disk with all it calls."""
    return _decorate(function, fastmath=False, is_entry=True)


def jit_maker(function: Function) -> Function:
    """Compile a kernel as `jit_entry` does; this one may make arrays."""
    return _decorate(function, fastmath=False, is_entry=True, allocates=True)


def jit_scan(function: Function) -> Function:
    """Compile a scan along a profile: sums and maxima may be reordered, NaN must not occur."""
    return _decorate(function, fastmath=_SCAN_FLAGS, is_entry=False)


def _narrow(constant: Any) -> Any:
    """A constant of a function's code in single precision, tuples likewise."""
    if isinstance(constant, tuple):
        return tuple(_narrow(value) for value in constant)
    return np.float32(constant) if isinstance(constant, float) else constant


def jit_single(function: Function) -> Function:
    """Compile for packed code, with every literal and every float constant of the module in single precision.

    Neither fused nor reordered, so that a path's loss has the same bits in every lane, on every processor; NaN must not
    occur. numba takes a literal for a double, and one double makes an expression double: half as many numbers in a
    register, and divisions at a quarter of the pace. Integers must not be mixed in (that gives doubles again).
    """
    code = function.__code__
    constants = tuple(_narrow(value) for value in code.co_consts)
    names = {key: _narrow(value) if isinstance(value, float) else value for key, value in function.__globals__.items()}
    single = python_types.FunctionType(code.replace(co_consts=constants), names, function.__name__)
    return _decorate(single, fastmath={"nnan", "nsz"}, is_entry=False)  # type: ignore[return-value]  # of the same arguments


def _either(name: str) -> Callable[[float, float], float]:
    """Numba intrinsic of two floats of one width by an LLVM intrinsic.

    Unlike ``max`` and ``min`` it becomes packed code inside loops, and compiles at once (numba's own are
    functions to be compiled for each mix of types). Neither value may be NaN.
    """

    def typed(_context: Any, first: Any, second: Any) -> Any:
        is_single = first == second == types.float32
        kind = ir.FloatType() if is_single else ir.DoubleType()

        def build(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            function = builder.module.declare_intrinsic(name, [kind], ir.FunctionType(kind, [kind, kind]))
            return builder.call(function, args, fastmath=("nnan", "nsz"))

        width = types.float32 if is_single else types.float64
        return width(width, width), build

    made: Callable[[float, float], float] = intrinsic(typed)
    return made


greatest = _either("llvm.maxnum")
least = _either("llvm.minnum")
