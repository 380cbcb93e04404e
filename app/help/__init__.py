"""The manual at ``/help``: Markdown in Chinese and English, read once, shown in the frame of pages.

May import the frame of pages and what is below it. Start reading with ``contents.py``, which pages
there are, then ``markdown.py``, how one is read. ``pages/`` holds the texts and their order,
``formats/`` one file for each format, of which its page is made.
"""
