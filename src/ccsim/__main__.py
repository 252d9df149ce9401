"""``python -m ccsim`` is the command ``ccsim``."""

from ccsim.cli.entry import main

main()
