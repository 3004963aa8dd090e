#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""terminal.py TEXT KEYS PROGRAM [ARGUMENT...]: PROGRAM on a terminal of its own

When it has printed TEXT, KEYS are pressed, with escapes as in Python; both may be
empty.  What it prints is printed, and the status is the one a shell would have.
"""
import os
import pty
import sys

text, keys = (os.fsencode(word).decode("unicode_escape").encode("latin-1")
              for word in sys.argv[1:3])
pid, terminal = pty.fork()
if not pid:
    os.execv(sys.argv[3], sys.argv[3:])
seen = b""
while True:
    try:
        got = os.read(terminal, 4096)
    except OSError:  # nobody has the terminal any more
        break
    if not got:
        break
    seen += got
    if keys and text in seen:
        os.write(terminal, keys)
        keys = b""
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
