"""A file that someone gives us: unpacked, understood, read in a confined process, checked."""
