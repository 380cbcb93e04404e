"""The doors to ``zones``: HTTP and command line."""
