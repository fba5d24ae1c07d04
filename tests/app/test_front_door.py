from click.testing import CliRunner

from app.cli import main
from app.front_door import help_text


def test_the_quick_help_is_the_help_that_click_would_print() -> None:
    told = CliRunner().invoke(main, ["--help"], prog_name="dusal", terminal_width=78)

    assert told.output == help_text()
