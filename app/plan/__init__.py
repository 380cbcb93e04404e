"""What the plan says beside what was measured: elements, areas, attribution, as JSON and pages.

Start at ``routes.py``; the figures come from ``zones.plan`` and ``zones.attribution``. May import
``app.pages`` and what is below it.
"""
