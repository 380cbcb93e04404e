"""In: untrusted files are read in a confined child process: limits, Landlock, seccomp, one driver.

Start at ``run_child.py`` (the parent's side) and ``child_process.py`` (the child's). ``limits.py``
has the numbers and sets them; ``landlock_seccomp.py`` locks the child away, ``child_monitor.py``
follows it to its end, ``preforked_child.py`` keeps one begun ahead. Knows no format; imports
``zones.errors`` and ``zones.memory`` only.
"""
