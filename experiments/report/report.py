#!/usr/bin/python3
"""The page of `evenkeel report`: runs side by side, and a sweep's results, in one HTML file.

Usage: report.py [--figures DIR] [--quiet] --out PAGE.html FILE.h5...

At most one FILE is what `evenkeel sweep` wrote, the others are logs of `evenkeel run --out` and `solve --out`, as many
as wanted. Figures are drawn where the data for them is there; which ones, and from which cells, the page says.
With --figures each is also written to DIR as SVG and PDF. Needs python3-h5py and python3-matplotlib.
"""
import argparse
import contextlib
import fcntl
import glob
import os
import pathlib
import re
import signal
import sys
import warnings

sys.dont_write_bytecode = True  # the modules lie beside the program
warnings.simplefilter("ignore")  # means of nothing are NaN, which the page leaves out; dates of few slots have few ticks
try:
    from drawing import write_pictures
    from page import Report, page
    from results import InputError, read
except ImportError as error:
    sys.exit(f"evenkeel: error: {error}; the report needs the Debian packages python3-h5py and python3-matplotlib "
             "(scripts/setup)")


def sweep_leftovers(path):
    """What killed writers left beside the page; who still writes holds a lock, as evenkeel's own files do."""
    for left in pathlib.Path(path).parent.glob(glob.escape(pathlib.Path(path).name) + ".tmp-*"):
        if not re.fullmatch(r"\d+", left.name.rpartition("-")[2]) or not left.is_file() or left.is_symlink():
            continue
        with contextlib.suppress(OSError), open(left, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def write(path, content):
    """All of it or nothing."""
    path = os.path.realpath(path)
    sweep_leftovers(path)
    temporary = f"{path}.tmp-{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8", errors="replace") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.replace(temporary, path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error
    finally:  # also when a signal ends it
        pathlib.Path(temporary).unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, metavar="PAGE.html")
    parser.add_argument("--figures", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("files", nargs="+", metavar="FILE.h5")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    sweep, logs = read(arguments.files)
    try:
        report = Report(sweep, logs)
        content = page(report)
    except Exception as error:  # values that no run has
        raise InputError(f"cannot draw {', '.join(arguments.files)}: {error}") from error
    if arguments.figures:
        write_pictures(report.charts, arguments.figures)
    write(arguments.out, content)
    if not arguments.quiet:
        told = [f"{sweep.count} cells"] if sweep else []
        told += [f"{len(logs)} run{'s' if len(logs) > 1 else ''}"] if logs else []
        print(f"{arguments.out}: {', '.join(told)}, {len(report.charts)} figures")


def fail(error):
    sys.stderr.write(f"evenkeel: error: {error}\n")
    sys.stderr.flush()
    os._exit(2)  # whatever is left in standard output cannot be written either


if __name__ == "__main__":
    try:
        main()
        sys.stdout.flush()
    except InputError as error:
        fail(error)
    except OSError as error:
        fail(f"standard output: cannot write: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(130)
