"""How a command ends with an exit code other than 0 that is not an error."""

from __future__ import annotations

PENDING = 2
"""Changes are pending, as `--exit-code` asks for."""


class ExitWith(Exception):  # noqa: N818 - it is an ending, not an error
    """End the program with `code`; the output has been printed already."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
