"""Show: sheets of paper: the drawing in a frame, with title, legend, scale, grid and notes.

Start at ``make.py`` (snapshot and order → file); ``layout.py`` says where what stands on the paper,
``content.py`` gathers what it says, ``sheet.typ`` sets it, ``engine.py`` runs typst. May import
``zones.drawing`` and ``zones.plan`` and what is below them.
"""
