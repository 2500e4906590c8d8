"""Commands for the page in a browser: live, and as a file for a lesson."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sisim.cli.decision_commands import loaded_scenarios, simulated_game
from sisim.cli.options import (
    READY,
    RESULTS,
    Changes,
    Replications,
    Residents,
    RunOptions,
    ScenarioName,
    Seed,
    argument,
    count,
    flag,
    option,
    values,
)
from sisim.cli.output import require_file, require_folder, whole_file
from sisim.cli.progress import progress
from sisim.cli.user_errors import UserError, print_error
from sisim.i18n import t
from sisim.scenario.errors import Reason
from sisim.scenario.os_errors import why

GAME = "silo-game"
"""What a room decides on where nothing is named: projects that save for several purses."""

if TYPE_CHECKING:
    from sisim.scenario.scenario import Scenario


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """Where a page is served, and under which names."""

    port: Annotated[
        int | None, count("N", "Which port; unset: one that is free.", least=0, most=65535)
    ] = None
    host: Annotated[
        str | None,
        option(
            "ADDRESS",
            "Which address is listened at; unset: 127.0.0.1, which only this computer reaches, and "
            "for the participants of a room 0.0.0.0, which its whole network reaches.",
        ),
    ] = None
    name: Annotated[
        list[str] | None,
        option(
            "NAME",
            "A further name under which the page is reached, such as that of a proxy; unset: the "
            "host, and the names of this computer.",
        ),
    ] = None
    no_open: Annotated[bool, flag("Do not open a browser.")] = False
    folder: Annotated[
        Path | None,
        option(
            "FOLDER",
            "Where the page saves scenarios and settings; unset: the folder `sisim` among your "
            "documents, and none where others reach the page.",
        ),
    ] = None


def live(
    scenarios: Annotated[
        list[str] | None, argument("SCENARIO", "A scenario file, or the name of a ready one.")
    ] = None,
    /,
    *,
    changes: Changes = None,
    seed: Seed = None,
    residents: Residents = None,
    room: Annotated[
        bool,
        flag(
            "Play the silo game in a room: others on the same network join by a code that the "
            "screen shows, as administrations that decide on the projects. Several scenarios are "
            "one portfolio; unset: silo-game."
        ),
    ] = False,
    alone: Annotated[
        bool,
        flag("With --room: one person plays; the others answer by the decision rule."),
    ] = False,
    at: ServeOptions = ServeOptions(),
) -> None:
    """Open a page on which the two figures follow the hand: sliders, people as dots, a story to
    tell, the fund.

    It is on this computer alone, and needs no internet. Stop it with Ctrl-C. With `--room` it is a
    teacher's screen, and participants reach a page of their own on the same network:
    `sisim live --room`.

    Example: `sisim live my.toml --lang sv`
    """
    if alone and not room:
        raise UserError(t("--alone is for a room: add --room."))
    if room:
        options = RunOptions(changes=changes, seed=seed, residents=residents)
        _serve_room(scenarios or [GAME], options, at, alone=alone)
        return
    if len(scenarios or ()) > 1:
        raise UserError(t("Several scenarios are for a room: add --room."))
    scenario = (scenarios or [READY])[0]
    # What is wrong in the file is said here; later it is said on the page.
    _, given = _with_residents(scenario, changes, residents)
    print_error(t("Loading the page …"))
    from sisim.engine.machine_code import on_disk
    from sisim.live.app import HERE, serve
    from sisim.live.computations import compiled_meanwhile
    from sisim.live.http_guard import is_loopback
    from sisim.live.room_listener import ListenAddress

    host = at.host or HERE
    free = _free_port(host, at.port)
    if not on_disk():
        print_error(compiled_meanwhile())
    if not is_loopback(host):
        print_error(t("Whoever reaches {host} can see the page.", host=host))
    serve(
        scenario,
        at=ListenAddress(host, free, at.name or ()),
        overrides=given,
        seed=seed,
        show=not at.no_open,
        ready=_tell,
        folder=_folder(at.folder, private=is_loopback(host)),
    )


def _folder(named: Path | None, *, private: bool) -> Path | None:
    """Return where the page saves: where others reach it, only what has been named for that."""
    if named is not None:
        require_folder(named)
        return named
    from sisim.live.saved_folder import default_folder

    return default_folder() if private else None


def _tell(address: str) -> None:
    print(t("The page is at {address} (Ctrl-C stops it).", address=address), flush=True)


def _free_port(host: str, port: int | None) -> int:
    """Return the port that was asked for, or a free one."""
    from sisim.live.app import PortTaken, free_port

    try:
        return free_port(host, port)
    except PortTaken as error:
        text = t(
            "Port {port} is taken. Leave out --port, and one that is free is found.",
            port=str(port),
        )
        raise UserError(text) from error
    except OSError as error:
        reason = Reason('"{host}" cannot be listened at: {reason}.', host=host, reason=why(error))
        raise UserError(reason.text) from error


def _serve_room(
    scenarios: list[str], options: RunOptions, at: ServeOptions, *, alone: bool
) -> None:
    """Simulate what is decided on, and serve a room, or the game for one person."""
    loaded = loaded_scenarios(scenarios, options)
    from sisim.live.room_listener import EVERYWHERE, ListenAddress

    here = "127.0.0.1"
    host = at.host or (here if alone else EVERYWHERE)
    place = ListenAddress(host, _free_port(host, at.port), at.name or ())
    game = simulated_game(loaded, options)
    from sisim.i18n import current_language
    from sisim.live.app import TeacherRoom, serve
    from sisim.live.http_guard import is_loopback
    from sisim.live.room import Room
    from sisim.live.room_game import room_game
    from sisim.live.room_listener import config, serve_alone
    from sisim.live.room_server import ParticipantServer

    rounds, texts = room_game(game)
    if alone and not is_loopback(host):
        print_error(t("Whoever reaches {host} can see the page.", host=host))
    elif not is_loopback(host):
        text = t("All who reach {host} see the room; to join it takes the code.", host=host)
        print_error(text)
    if alone:
        lang = current_language()
        server = ParticipantServer(None, rounds, texts, lang)
        address = place.addresses[0]
        serve_alone(config(place, server, lang), lambda: _open(address, show=not at.no_open))
        return
    room = Room(rounds)

    def tell(address: str) -> None:
        _tell(address)
        joined = t(
            "Participants join at {address} with the code {code}.",
            address=place.addresses[0],
            code=room.code,
        )
        print(joined, flush=True)

    serve(
        scenarios[0],
        at=ListenAddress(here, _other_port(here, place.port)),
        overrides=values(options.changes),
        seed=options.seed,
        show=not at.no_open,
        ready=tell,
        room=TeacherRoom(room, texts, place),
    )


def _other_port(host: str, taken: int) -> int:
    """Return a free port that is another than one that will be listened at."""
    found = _free_port(host, None)
    while found == taken:
        found = _free_port(host, 0)
    return found


def _open(address: str, *, show: bool) -> None:
    """Say where the page is, and open it in a browser."""
    import webbrowser

    _tell(address)
    if show:
        webbrowser.open(address)


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
    from sisim.analysis.executors import processes
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
                executor=processes(),
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
