"""``synergai function``."""

from click.testing import CliRunner

from functions.commands.function import function


def test_help_says_what_can_be_set() -> None:
    """Help needs neither models nor engines."""
    result = CliRunner().invoke(function, ["serve", "--help"])
    assert result.exit_code == 0
    for flag in ("--model", "--port", "--pool", "--architecture", "--configuration", "--slots"):
        assert flag in result.output


def test_refuses_wrong_flags() -> None:
    """Wrong usage is exit code 2."""
    result = CliRunner().invoke(function, ["serve", "--slots", "0"])
    assert (result.exit_code, "slots" in result.output) == (2, True)
