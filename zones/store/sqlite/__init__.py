"""The parts of the store in a SQL database."""
