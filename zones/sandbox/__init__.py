"""In: untrusted files are read in a confined child process: limits, Landlock, seccomp, one driver.

Start at ``run.py`` (the parent's side) and ``child.py`` (the child's). ``limits.py`` has the
numbers and sets them; ``confine.py`` locks the child away, ``monitor.py`` follows it to its end,
``prefork.py`` keeps one begun ahead. Knows no format; imports ``zones.errors`` and ``zones.memory``
only.
"""
