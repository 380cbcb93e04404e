"""Make ``python -m app`` the same as the command ``zones``."""

from app.cli.main import main

main()
