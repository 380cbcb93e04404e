"""Show: sheets of paper: the drawing in a frame, with title, legend, scale, grid and notes.

Start at ``make_sheet.py`` (snapshot and order → file); ``paper_layout.py`` says where what stands
on the paper, ``sheet_content.py`` gathers what it says, ``sheet.typ`` sets it, ``typst_engine.py``
runs typst. May import ``zones.drawing`` and ``zones.plan`` and what is below them.
"""
