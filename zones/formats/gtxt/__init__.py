"""国土 TXT (勘测定界, 报备坐标, 电子报盘): parcels as lists of boundary points, X the northing.

Start at ``source.py``; ``recognition.py`` knows the format under any suffix,
``header_and_parcels.py`` walks the lines, ``axis_order.py`` and ``reference_system.py`` find axes
and system, ``rings.py`` and ``stated_areas.py`` judge shapes. Runs in the child, but for the
recognition.
"""
