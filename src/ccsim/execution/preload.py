"""The model, loaded and at first compiled: to import this takes seconds, and processes forked afterwards have it at once."""

from ccsim.execution.runner import do_task, load_model

__all__ = ["do_task"]

load_model()
