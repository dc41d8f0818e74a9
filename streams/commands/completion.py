"""``synergai completion``: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    r"""Print a script for the shell.

    \b
    bash: echo 'eval "$(synergai completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(synergai completion zsh)"' >> ~/.zshrc
    fish: synergai completion fish > ~/.config/fish/completions/synergai.fish
    """
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"shell: {shell} is not known to click")
    click.echo(made(ctx.find_root().command, {}, "synergai", "_SYNERGAI_COMPLETE").source())
