"""A mistake in the text of a YAML file, raised where reading cannot go on and told where it was made."""

from lessons.problems import Label


class Mistake(Exception):  # noqa: N818 - the author's, not the program's
    """One mistake in the text of a YAML file."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        line: int,
        column: int,
        fix: str,
        length: int = 1,
        label: str = "",
        mended: str | None = None,
        related: tuple[Label, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.line = line
        """1-based, like `column`."""
        self.column = column
        self.length = length
        self.label = label
        self.fix = fix
        self.mended = mended
        """The line with which reading can go on; None when it cannot."""
        self.related = related
