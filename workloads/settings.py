"""A workload's settings: typed, described, with units, and parsed from `--set key=value`."""

import difflib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

WORKBOOK = b"PK\x03\x04"  # how zipped files begin, Excel's and LibreOffice's among them


class Settings(BaseModel):
    """The settings of one workload. Every field is made with `setting`, so that it has a description and a unit.

    Checks that involve several fields go into a `model_validator(mode="after")` that raises ValueError with one
    sentence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def setting(default: Any, *, description: str, unit: str = "", **constraints: Any) -> Any:
    """One field of a settings model.

    Args:
        default: the value that a run without `--set` uses. It is taken as it is, never validated.
        description: what it is, in a few words.
        unit: its unit, or "".
        constraints: pydantic's own: gt, ge, lt, le, min_length, max_length, ...
    """
    return Field(default, description=description, json_schema_extra={"unit": unit}, **constraints)


def check_file(path: Path) -> Path:
    """The path, if a file can be read there."""
    if path.is_dir():
        raise ValueError(f"a file was wanted, and {str(path)!r} is a folder")
    if not path.exists():
        raise ValueError(f"there is no file {str(path)!r}{suggest_file(path)}")
    try:
        with path.open("rb") as file:
            begins = file.read(len(WORKBOOK))
    except OSError:
        raise ValueError(f"the file {str(path)!r} cannot be read; check its permissions") from None
    if begins == WORKBOOK:
        raise ValueError(f"the file {str(path)!r} is a workbook or an archive; save its sheet as CSV, in UTF-8")
    return path


InputFile = Annotated[Path, AfterValidator(check_file)]
"""A setting that is a file: it must exist and be readable before anything runs, and its contents enter the hash."""


def suggest_file(path: Path) -> str:
    """A close match among the files beside it, as the end of a sentence."""
    try:
        beside = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, beside, n=1)
    return f"; did you mean {str(path.parent / close[0])!r}?" if close else f" (looked in {path.parent.resolve()})"


def suggest(wanted: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: a close match, or all there are."""
    names = sorted(known)
    close = difflib.get_close_matches(wanted.lower(), names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names)}."


def split_assignments(assignments: Sequence[str]) -> dict[str, str]:
    """`["n_chosen=10", ...]` as a dict.

    Raises:
        ValueError: if one is not `key=value`, or a key comes twice.
    """
    pairs: dict[str, str] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key or not value.strip():
            raise ValueError(f"--set takes key=value, got {text!r}; for example: --set n_chosen=10.")
        if key in pairs:
            raise ValueError(f"--set gives {key!r} twice; once is enough.")
        pairs[key] = value.strip()
    return pairs


def takes_sequence(field: FieldInfo) -> bool:
    """Whether the field holds several values, which the command line separates by commas."""
    return any(typing.get_origin(kind) in (tuple, list) or kind in (tuple, list) for kind in alternatives(field))


def takes_none(field: FieldInfo) -> bool:
    """Whether the field may be left unset."""
    return type(None) in alternatives(field)


def alternatives(field: FieldInfo) -> tuple[Any, ...]:
    """The members of a union annotation, or the annotation alone."""
    annotation = field.annotation
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if is_union else (annotation,)


Model = TypeVar("Model", bound=Settings)


def make_settings(
    model: type[Model], *, workload: str, overrides: Mapping[str, Any], assignments: Mapping[str, str]
) -> Model:
    """The settings of a run: defaults, then a quick run's overrides, then what the user set.

    Args:
        model: the workload's settings class.
        workload: its name, for the sentences.
        overrides: values of the right type, by name.
        assignments: texts from the command line, by name; sequences are separated by commas, `none` unsets.

    Raises:
        ValueError: one sentence that names the setting, what it takes and what was given.
    """
    values: dict[str, Any] = dict(overrides)
    for key, text in assignments.items():
        if key not in model.model_fields:
            raise ValueError(f"{workload} has no setting {key!r}; {suggest(key, model.model_fields)}")
        field = model.model_fields[key]
        if text.lower() == "none" and takes_none(field):
            values[key] = None
        elif takes_sequence(field):
            values[key] = tuple(part.strip() for part in text.split(",") if part.strip())
        else:
            values[key] = text
    try:
        return model(**values)
    except ValidationError as error:
        raise ValueError(explain(error, model, workload)) from None


def explain(error: ValidationError, model: type[Settings], workload: str) -> str:
    """Pydantic's first complaint as one sentence of ours."""
    first = error.errors(include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    if not first["loc"]:
        return f"{message[:1].upper()}{message[1:]}."
    name = str(first["loc"][0])
    description = model.model_fields[name].description if name in model.model_fields else ""
    if first["type"] == "value_error":
        return f"{workload}, setting {name}: {message}."
    message = message.removeprefix("Input should be ").partition(", unable to ")[0]
    given = first["input"] if not isinstance(first["input"], tuple) else ",".join(map(str, first["input"]))
    return f"{workload}: {name} ({description}) should be {message}, got {str(given)!r}."
