"""Analyses that run a scenario at many points: what matters, where it works, what is best, what fits.

The methods come from libraries: SALib, ema_workbench, scikit-learn, optuna, scipy. They are installed with the extra
``ccsim[analysis]`` and imported when an analysis needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ccsim.errors import CcsimError


class MissingLibrary(CcsimError):
    """Raised if a library that an analysis needs is not installed."""


def library(name: str) -> Any:
    """Import a library of the extra.

    Returns:
        The imported module.

    Raises:
        MissingLibrary: it is not installed.
    """
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that ccsim does not use
            return import_module(name)
    except ImportError as error:
        package = (error.name or name).split(".")[0]
        raise MissingLibrary(
            f"this needs the library {package}, which is not installed: pip install -e '.[analysis]'"
        ) from None
