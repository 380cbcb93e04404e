"""One module for each version of the tables, named ``v<number>_<what it brings>``."""
