#!/usr/bin/python3
"""Writes traces and run logs with the program and has open_with_python.py read them.

    open_files_test.py EVENKEEL [PUBLISHED_DATA_DIR]
"""

import os
import subprocess
import sys
import tempfile

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "open_with_python.py")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:

        def run(*arguments):
            subprocess.run(arguments, cwd=folder, check=True)

        run(program, "trace", "generate", "--regions", "5", "--gateways", "4", "--slots", "100", "--variants", "3", "--reach",
            "0.6", "--out", "trace.h5", "--quiet")
        run(program, "run", "trace.h5", "--policy", "norm-greedy", "--weight", "performance=100", "--norm", "performance=2",
            "--out", "kept.h5", "--allocations", "--quiet")
        run(program, "run", "trace.h5", "--policy", "cost", "--out", "short.h5", "--quiet")
        run(sys.executable, READER, "trace.h5", "kept.h5")
        run(sys.executable, READER, "trace.h5", "short.h5")
        if len(sys.argv) == 3 and os.path.isdir(sys.argv[2]):
            run(program, "trace", "import", "eglb", os.path.abspath(sys.argv[2]), "--out", "eglb.h5", "--quiet")
            run(program, "run", "eglb.h5", "--policy", "all", "--out", "eglb_run.h5", "--quiet")
            run(sys.executable, READER, "eglb.h5", "eglb_run.h5", "--eglb")


if __name__ == "__main__":
    main()
