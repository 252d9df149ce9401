"""The manifest of a results folder: the experiment, the version, and the progress."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError, ResultsError
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import active_sources, model_hash

NAME = "manifest.json"
#: Number of the format of results folders, which changes with the names of tables, columns and keys. Folders of the
#: first format have no number.
FORMAT = 2
STATUSES = ("running", "interrupted", "stopped", "incomplete", "complete")


def identity(experiment: Experiment) -> dict[str, Any]:
    """Return the identity of results: the experiment and the hash of the model's sources."""
    points = experiment.design.digest() if experiment.design else None
    own = {"mechanisms": mechanisms} if (mechanisms := recorded_mechanisms()) else {}
    return {
        "format": FORMAT, "experiment": experiment.resolved(), "sources": model_hash(), "design_points": points, **own,
    }  # fmt: skip


def recorded_mechanisms() -> list[dict[str, str]]:
    """Return the entry for users' mechanisms in force: name, file and text of each."""
    return [{"name": source.name, "file": source.file, "text": source.text} for source in active_sources()]


def refuse_other_mechanisms(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse results made with mechanisms that are not in force, because opening a folder never runs code from it.

    Raises:
        ResultsError: a mechanism is not in force, or has another text.
    """
    here = {source.name: source.text for source in active_sources()}
    for own in manifest.get("mechanisms", ()):
        if own["name"] not in here:
            text = " ".join(f"--with {shlex.quote(each['file'])}" for each in manifest["mechanisms"])
            raise ResultsError(
                f"{folder}: was made with the mechanism {own['name']!r} of {own['file']}; add it to the command: {text}, "
                "in Python mechanisms=[...] (its text is kept in manifest.json)"
            )
        if own["text"] != here[own["name"]]:
            raise ResultsError(
                f"{folder}: was made with another text of the mechanism {own['name']!r} than {own['file']} has now; "
                "its text is kept in manifest.json"
            )


def refuse_other_names(folder: Path, known: Mapping[str, Any], mine: Mapping[str, Any]) -> None:
    """Refuse to continue in a folder that was started with other users' mechanisms.

    Args:
        folder: the results folder.
        known: the data of its manifest.
        mine: the data of the manifest of the runs to come.

    Raises:
        ResultsError: the mechanisms differ.
    """
    names = [[own["name"] for own in data.get("mechanisms", ())] for data in (known, mine)]
    if names[0] != names[1]:
        made, here = (" and ".join(each) or "none" for each in names)
        raise ResultsError(
            f"{folder}: was made with other users' mechanisms ({made}; here {here}); name another folder"
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


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_record(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_progress(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_count(value.get(key)) for key in ("planned", "done", "failed"))


def _is_failure(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and _is_text(value.get("scenario"))
        and _is_count(value.get("replicate"))
        and _is_text(value.get("error"))
    )


#: Every key of a manifest: its check, and a description of its value.
SHAPE: dict[str, tuple[Callable[[Any], bool], str]] = {
    "format": (_is_count, "a whole number"),
    "experiment": (lambda value: isinstance(value, dict), "an object"),
    "sources": (_is_text, "a text"),
    "design_points": (lambda value: value is None or _is_text(value), "a text or null"),
    "digest": (_is_text, "a text"),
    "status": (lambda value: value in STATUSES, f"one of {', '.join(STATUSES)}"),
    "runs": (_is_progress, "an object of the counts planned, done and failed"),
    "failures": (
        lambda value: isinstance(value, list) and all(map(_is_failure, value)),
        "a list of objects with scenario, replicate and error",
    ),
    "seeds": (_is_text, "a text"),
    "command": (lambda value: isinstance(value, list) and all(map(_is_text, value)), "a list of texts"),
    "versions": (_is_record, "an object of texts"),
    "environment": (_is_record, "an object of texts"),
    "started": (_is_text, "a text"),
    "written": (_is_text, "a text"),
}


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
    if _is_count(stored) and stored != FORMAT:
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
    for key, (fits, kind) in SHAPE.items():
        if key not in data:
            cause = "; versions of ccsim before 0.3 did not write it" if key == "digest" else ""
            raise ResultsError(
                f"{path}: {key!r} is missing{cause}. Restore a copy of the file, or run the experiment again"
            )
        if not fits(data[key]):
            shown = repr(data[key])
            shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
            raise ResultsError(f"{path}: {key!r} must be {kind}, got {shown}. Restore a copy of the file")
    own = data.get("mechanisms", [])
    if not isinstance(own, list) or not all(_is_record(each) and {"name", "file", "text"} <= set(each) for each in own):
        raise ResultsError(
            f"{path}: 'mechanisms' must be a list of objects with name, file and text. Restore a copy of the file"
        )
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
        found = Experiment.from_resolved(manifest["experiment"])
        found.validate_texts()
        return found
    except (CcsimError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        text = str(error) if isinstance(error, CcsimError) else repr(error)
        written = manifest["versions"].get("ccsim", "another version")
        raise ResultsError(
            f"{folder / NAME}: its experiment cannot be read by this version of ccsim (it was written by {written}): {text}"
        ) from None
