"""The manifest of a results folder: the experiment, the version, and the progress."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from ccsim.errors import CcsimError, ResultsError
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import active_sources, model_hash

NAME = "manifest.json"
#: Number of the format of results folders, which changes with the names of tables, columns and keys. Folders of the
#: first format have no number.
FORMAT = 2


def identity(experiment: Experiment) -> dict[str, Any]:
    """Return the identity of results: the experiment and the hash of the model's sources."""
    points = experiment.design.digest() if experiment.design else None
    mechanisms = [{"name": source.name, "file": source.file, "text": source.text} for source in active_sources()]
    return {
        "format": FORMAT, "experiment": experiment.resolved(), "sources": model_hash(), "design_points": points,
        **({"mechanisms": mechanisms} if mechanisms else {}),
    }  # fmt: skip


def refuse_other_mechanisms(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse results made with mechanisms that are not in force, because opening a folder never runs code from it.

    Raises:
        ResultsError: a mechanism is not in force, or has another text.
    """
    here = {source.name: source.text for source in active_sources()}
    for made in manifest.get("mechanisms", ()):
        if made["name"] not in here:
            text = " ".join(f"--with {shlex.quote(each['file'])}" for each in manifest["mechanisms"])
            raise ResultsError(
                f"{folder}: was made with the mechanism {made['name']!r} of {made['file']}; add it to the command: {text}, "
                "in Python mechanisms=[...] (its text is kept in manifest.json)"
            )
        if made["text"] != here[made["name"]]:
            raise ResultsError(
                f"{folder}: was made with another text of the mechanism {made['name']!r} than {made['file']} has now; "
                "its text is kept in manifest.json"
            )


def digest_of(manifest: Mapping[str, Any], *, sources: bool = True) -> str:
    """Return a hash of the identity in a manifest.

    Args:
        manifest: the manifest, or an identity.
        sources: include the model's sources.
    """
    keys = ("experiment", "design_points", *(("sources",) if sources else ()))
    text = json.dumps([manifest[key] for key in keys], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


Count = Annotated[int, Field(strict=True, ge=0)]
Text = Annotated[str, Field(strict=True)]


class _Progress(BaseModel):
    planned: Count
    done: Count
    failed: Count


class _Failure(BaseModel):
    scenario: Text
    replicate: Count
    error: Text


class _Mechanism(BaseModel, extra="forbid"):
    name: Text
    file: Text
    text: Text


class Manifest(BaseModel):
    """Every key of a manifest, with a description of its value."""

    format: Count = Field(description="a whole number")
    experiment: dict[str, Any] = Field(description="an object")
    sources: Text = Field(description="a text")
    design_points: Text | None = Field(description="a text or null")
    digest: Text = Field(description="a text")
    status: Literal["running", "interrupted", "stopped", "incomplete", "complete"] = Field(
        description="one of running, interrupted, stopped, incomplete, complete"
    )
    runs: _Progress = Field(description="an object of the counts planned, done and failed")
    failures: list[_Failure] = Field(description="a list of objects with scenario, replicate and error")
    seeds: Text = Field(description="a text")
    command: list[Text] = Field(description="a list of texts")
    versions: dict[str, Text] = Field(description="an object of texts")
    environment: dict[str, Text] = Field(description="an object of texts")
    started: Text = Field(description="a text")
    written: Text = Field(description="a text")
    mechanisms: list[_Mechanism] = Field([], description="a list of objects with name, file and text")


def refuse_links(folder: Path) -> None:
    """Refuse a folder that contains anything except files and folders.

    A results folder may come from someone else. A link in it would lead out of it, so that resuming or writing a report would
    change a file elsewhere. Reading from a pipe would never end.

    Raises:
        ResultsError: it contains a link, a pipe, a socket or a device.
    """
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.is_file(follow_symlinks=False):
                        kind = "a link" if entry.is_symlink() else "a pipe, a socket or a device"
                        raise ResultsError(
                            f"{entry.path}: is {kind}; a results folder may contain only files and folders. Remove it"
                        )
        except OSError:  # removed or unreadable: the reader reports it
            continue


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a results folder.

    Raises:
        ResultsError: there is none, or it is not as ccsim writes it; the message names the file and the key. Or the
            folder contains links, or was made with users' mechanisms that are not in force.
    """
    path = folder / NAME
    if os.path.lexists(path):
        refuse_links(folder)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsError(f"{folder}: is not a results folder (it has no {NAME})") from None
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ResultsError(f"{path}: cannot be read ({error}); it is damaged: restore a copy of it") from None
    if not isinstance(data, dict):
        raise ResultsError(f"{path}: cannot be read (it is not a JSON object); restore a copy of it")
    _check(path, data)
    refuse_other_mechanisms(folder, data)
    return data


def _check_format(path: Path, data: Mapping[str, Any]) -> None:
    stored = data.get("format", 1 if "experiment" in data else FORMAT)
    if isinstance(stored, int) and not isinstance(stored, bool) and stored >= 0 and stored != FORMAT:
        versions = data.get("versions")
        writer = (
            f"ccsim {versions['ccsim']}" if isinstance(versions, dict) and "ccsim" in versions else "another version"
        )
        raise ResultsError(
            f"{path}: is in format {stored} of results folders, written by {writer}; this version reads format {FORMAT}. "
            "Run the experiment again, or read the folder with the version that wrote it"
        )


def _check(path: Path, data: Mapping[str, Any]) -> None:
    _check_format(path, data)
    try:
        Manifest.model_validate(data)
    except ValidationError as error:
        key = str(error.errors()[0]["loc"][0])
        if key not in data:
            cause = "; versions of ccsim before 0.3 did not write it" if key == "digest" else ""
            text = f"{key!r} is missing{cause}. Restore a copy of the file, or run the experiment again"
        else:
            shown = repr(data[key])
            shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
            text = f"{key!r} must be {Manifest.model_fields[key].description}, got {shown}. Restore a copy of the file"
        raise ResultsError(f"{path}: {text}") from None
    if digest_of(data, sources=False) != data["digest"]:
        raise ResultsError(
            f"{path}: 'experiment' or 'points' was changed after ccsim wrote it (its digest does not fit). "
            "Restore a copy of the file; another experiment needs another folder"
        )


def stored_experiment(folder: Path, manifest: Mapping[str, Any]) -> Experiment:
    """Return the experiment of a manifest.

    Raises:
        ResultsError: this version of ccsim cannot read it.
    """
    try:
        experiment = Experiment.from_resolved(manifest["experiment"])
        experiment.validate_texts()
        return experiment
    except (CcsimError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        text = str(error) if isinstance(error, CcsimError) else repr(error)
        written = manifest["versions"].get("ccsim", "another version")
        raise ResultsError(
            f"{folder / NAME}: its experiment cannot be read by this version of ccsim (it was written by {written}): {text}"
        ) from None
