"""The model, loaded and at first compiled: to import this takes seconds, and processes forked afterwards have it at once."""

from ccsim.execution.runner import load_model, run_task

__all__ = ["run_task"]

load_model()
