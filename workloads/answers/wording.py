"""Words that any answer needs: counted things and lists."""

from collections.abc import Sequence


def counted(number: int, thing: str) -> str:
    """1 stop, 2 stops."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """Words with commas and an and."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
