"""`dusal course explain`: what a code means, with an example and the same mended."""

import click


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain the problem with a CODE such as E120.

    Without a CODE all of them are listed. The exit code is 2 when there is no such code.
    """
    from lessons.explanations import codes, explanation, nearest_codes, page_text

    if code is None:
        click.echo("\n".join(f"{known}  {explanation(known).title}" for known in codes()))
        return
    wanted = code.strip("[]` ").upper()
    if wanted in codes():
        click.echo(page_text(explanation(wanted)))
        return
    near = ", ".join(nearest_codes(wanted))
    hint = f"Did you mean {near}?" if near else "List all of them with: dusal course explain"
    raise click.UsageError(f"There is no code {code}. {hint}")
