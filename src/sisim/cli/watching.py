"""The command that opens the live page."""

from collections.abc import Callable
from typing import Annotated, Any

from sisim.cli.options import Options, values
from sisim.cli.progress import compile_once
from sisim.cli.speech import Refusal, complain
from sisim.i18n import t
from sisim.loading.load import load_scenario
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

Command = Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]]


def add_watching(command: Command, options: Options, ready_scenario: str) -> None:
    """Add `sisim live`."""
    argument, option = options.argument, options.option
    Changes = Annotated[list[str] | None, options.changes]  # noqa: N806 (types)
    Seed = Annotated[int | None, options.seed]  # noqa: N806

    @command(
        "live",
        t(
            "Open a page on which the two figures follow the hand: sliders, people as dots, a "
            "story to tell, the fund.\n\n"
            "It is on this computer alone, and needs no internet. Stop it with Ctrl-C. "
            "Example: `sisim live my.toml --lang sv`"
        ),
    )
    def live(
        scenario: Annotated[
            str,
            argument(t("SCENARIO"), t("A scenario file, or the name of a ready one.")),
        ] = ready_scenario,
        changes: Changes = None,
        seed: Seed = None,
        residents: Annotated[
            int | None,
            option(
                "--residents",
                t("N"),
                t("How many residents; unset: as many as the scenario says."),
                min=1,
            ),
        ] = None,
        port: Annotated[
            int | None,
            option("--port", t("N"), t("Which port; unset: one that is free."), min=0, max=65535),
        ] = None,
        host: Annotated[
            str,
            option(
                "--host",
                t("ADDRESS"),
                t(
                    "Which address is listened at; unset: 127.0.0.1, which only this computer "
                    "reaches."
                ),
            ),
        ] = "127.0.0.1",
        no_open: Annotated[bool, option("--no-open", None, t("Do not open a browser."))] = False,
    ) -> None:
        given: dict[str, Any] = values(changes)
        if residents is not None:
            given["population.residents"] = residents
        # What is wrong in the file is said here; later it is said on the page.
        load_scenario(scenario, given)
        compile_once()
        from sisim.live.app import HERE, PortTaken, free_port, serve

        try:
            found = free_port(host, port)
        except PortTaken as error:
            text = t(
                "Port {port} is taken. Leave out --port, and one that is free is found.",
                port=str(port),
            )
            raise Refusal(text) from error
        except OSError as error:
            reason = Reason(
                '"{host}" cannot be listened at: {reason}.', host=host, reason=why(error)
            )
            raise Refusal(reason.text) from error
        if host not in (HERE, "localhost", "::1"):
            complain(t("Whoever reaches {host} can see the page.", host=host))

        def tell(address: str) -> None:
            print(t("The page is at {address} (Ctrl-C stops it).", address=address), flush=True)

        serve(
            scenario,
            host=host,
            port=found,
            overrides=given,
            seed=seed,
            show=not no_open,
            ready=tell,
        )
