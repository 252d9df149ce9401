"""``python -m ccsim`` is the command ``ccsim``."""

from ccsim.cli.main import main

main()
