"""CASS ``.dat`` and lists of total stations and RTK receivers: points without a header.

Start at ``opening.py``; ``column_layout.py`` finds by the size of the numbers which columns hold
the place, ``table.py`` gives them to the reader of tables.

CASS (南方 CASS, reference manual since version 5, "坐标数据文件") writes
``点名,编码,Y(东),X(北),高程``, the code may be empty; receivers write the north first, no code,
with accuracies behind (``HRMS:0.011``). Runs in the child, but for the recognition.
"""
