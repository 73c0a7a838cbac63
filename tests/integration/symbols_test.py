"""The library of networks needs no symbol of fmt: LibTorch's headers bring another fmt than the program's.

Usage: symbols_test.py LIBRARY
"""
import subprocess
import sys

undefined = subprocess.run(["nm", "-D", "-C", "--undefined-only", sys.argv[1]], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.splitlines()
if not any("at::" in symbol for symbol in undefined):
    sys.exit(f"{sys.argv[1]}: nm shows no symbol of LibTorch, of {len(undefined)} undefined ones")
of_fmt = [symbol for symbol in undefined if "fmt::" in symbol]
if of_fmt:
    sys.exit("\n".join([f"{sys.argv[1]}: undefined symbols of fmt:", *of_fmt]))
