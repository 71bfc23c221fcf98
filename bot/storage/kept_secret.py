"""A secret that is drawn once and kept in a file, for an installation whose environment names none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def kept_secret(file: Path, draw: Callable[[], str]) -> str:
    """The secret in a file that its owner alone can read; drawn now where there is none.

    Args:
        file: Where it is kept.
        draw: Makes a new one.

    Returns:
        The secret.

    Raises:
        OSError: The file can be neither read nor written.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as text:
            text.write(draw())
        try:
            os.link(draft, file)  # whole, or not at all; the first of two processes wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8").strip()
