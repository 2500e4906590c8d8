"""Commands for the page in a browser: live, and as a file for a lesson."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from sisim.cli.options import (
    READY,
    RESULTS,
    Changes,
    Replications,
    Residents,
    ScenarioName,
    Seed,
    count,
    flag,
    option,
    values,
)
from sisim.cli.output import require_file, whole_file
from sisim.cli.progress import compile_once, progress
from sisim.cli.user_errors import UserError, print_error
from sisim.i18n import t
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

if TYPE_CHECKING:
    from sisim.scenario.scenario import Scenario


def live(
    scenario: ScenarioName = READY,
    /,
    *,
    changes: Changes = None,
    seed: Seed = None,
    residents: Residents = None,
    port: Annotated[
        int | None, count("N", "Which port; unset: one that is free.", least=0, most=65535)
    ] = None,
    host: Annotated[
        str,
        option(
            "ADDRESS",
            "Which address is listened at; unset: 127.0.0.1, which only this computer reaches.",
        ),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        option(
            "NAME",
            "A further name under which the page is reached, such as that of a proxy; unset: the "
            "host, and the names of this computer.",
        ),
    ] = None,
    no_open: Annotated[bool, flag("Do not open a browser.")] = False,
) -> None:
    """Open a page on which the two figures follow the hand: sliders, people as dots, a story to
    tell, the fund.

    It is on this computer alone, and needs no internet. Stop it with Ctrl-C. Example: `sisim live
    my.toml --lang sv`
    """
    # What is wrong in the file is said here; later it is said on the page.
    _, given = _with_residents(scenario, changes, residents)
    compile_once()
    from sisim.live.app import PortTaken, free_port, serve
    from sisim.live.http_guard import is_loopback

    try:
        free = free_port(host, port)
    except PortTaken as error:
        text = t(
            "Port {port} is taken. Leave out --port, and one that is free is found.",
            port=str(port),
        )
        raise UserError(text) from error
    except OSError as error:
        reason = Reason('"{host}" cannot be listened at: {reason}.', host=host, reason=why(error))
        raise UserError(reason.text) from error
    if not is_loopback(host):
        print_error(t("Whoever reaches {host} can see the page.", host=host))

    def tell(address: str) -> None:
        print(t("The page is at {address} (Ctrl-C stops it).", address=address), flush=True)

    serve(
        scenario,
        host=host,
        port=free,
        names=name or (),
        overrides=given,
        seed=seed,
        show=not no_open,
        ready=tell,
    )


def lesson(
    scenario: ScenarioName = READY,
    /,
    *,
    out: Annotated[Path | None, option("FILE", "Where the page is written.")] = None,
    changes: Changes = None,
    seed: Seed = None,
    replications: Replications = None,
    residents: Residents = None,
    versions: Annotated[
        int | None,
        count("N", "How many versions are worked out at most; more make it finer.", least=3),
    ] = None,
) -> None:
    """Write one HTML file with the two figures and their main sliders, which opens in any browser
    without sisim and without internet: for a lesson, a mail, a meeting.

    Versions of the scenario are worked out beforehand, at a few levels of each slider; between
    them the page reads off in proportion. That takes some minutes; fewer residents (places and
    fixed costs follow), runs or versions are sooner done. Example: `sisim lesson my.toml --out
    lesson.html --residents 10000`
    """
    loaded, _ = _with_residents(scenario, changes, residents)
    file = out or RESULTS / loaded.name / "lesson.html"
    require_file(file)
    from sisim.live.echarts import KNOWN, NoCharts
    from sisim.live.lesson import MOST_POINTS, NothingToFollow
    from sisim.live.lesson import lesson as page_of

    try:
        with progress(t("Working out the versions")) as tell:
            page = page_of(
                loaded,
                seed=seed,
                replications=replications,
                most=versions or MOST_POINTS,
                progress=tell,
            )
    except NothingToFollow as error:
        text = t("The scenario has no [arms], so there is nothing to compare.")
        raise UserError(text) from error
    except NoCharts as error:
        text = t(
            "NiceGUI {version} has no Apache ECharts in {folder}, which the page is drawn "
            "with. Install a version that has: pip install nicegui=={known}",
            version=error.version,
            folder=error.folder,
            known=KNOWN,
        )
        raise UserError(text) from error
    with whole_file(file) as partial:
        partial.write_text(page, encoding="utf-8", newline="\n")
    print(file)


def _with_residents(
    name: str, changes: list[str] | None, residents: int | None
) -> tuple[Scenario, dict[str, Any]]:
    """Return the scenario for so many residents, and all changes by key."""
    from sisim.loading.load import load_scenario
    from sisim.loading.sample import for_residents

    return for_residents(partial(load_scenario, name), values(changes), residents)
