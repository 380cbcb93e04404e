"""In: workbooks (.xlsx, .xls, .et): sheets whose headings name a place, as tables.

Start at ``opening.py``: a file -> the sheets that are wanted. ``workbook.py`` tells the formats
apart, ``table.py`` makes of a sheet what ``zones.formats.csv.table`` makes of a text.
"""
