"""国土 TXT (勘测定界, 报备坐标, 电子报盘): parcels as lists of boundary points, X the northing.

Start at ``source.py``; ``recognition.py`` knows the format under any suffix, ``document.py`` walks
the lines, ``order.py`` and ``header.py`` find axes and system, ``rings.py`` and ``areas.py`` judge
shapes. Runs in the child, but for the recognition.
"""
