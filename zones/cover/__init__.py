"""A grid over polygons that knows, or soon finds out, which of them hold a point."""
