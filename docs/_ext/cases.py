"""An article for each ready scenario: its own texts, and the numbers of a run that is kept."""

from pathlib import Path

import pandas as pd
from commands import keep, marked
from sphinx.application import Sphinx

from sisim.i18n import Lang, in_language, number, t
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario

FOLDER = "cases/ready"
RESULT = Path(__file__).parents[2] / "experiments/ready-cases/result.csv"
WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "need": "Need",
        "target_group": "Target group",
        "goal": "Goal",
        "intervention": "Method",
        "numbers": "What came out",
        "kept": "Net present value in SEK million in the file's perspective, mean and 10–90% of "
        "{runs} runs, of a run that is kept in experiments/ready-cases. It says what the file's "
        "assumptions come to, and nothing of the method.",
        "arm": "arm",
        "net": "net, SEK million",
        "ratio": "benefit–cost ratio",
        "run": "Run it yourself:",
    },
    "sv": {
        "need": "Behov",
        "target_group": "Målgrupp",
        "goal": "Mål",
        "intervention": "Metod",
        "numbers": "Vad det blev",
        "kept": "Nettonuvärde i miljoner kronor i filens perspektiv, medelvärde och 10–90 % av "
        "{runs} körningar, från en körning som är sparad i experiments/ready-cases. Det säger vad "
        "filens antaganden leder till, och ingenting om metoden.",
        "arm": "alternativ",
        "net": "netto, mkr",
        "ratio": "nyttokostnadskvot",
        "run": "Kör själv:",
    },
}


def _page(name: str, lang: Lang, kept: pd.DataFrame) -> str:
    scenario, words = load_scenario(name), WORDS[lang]
    lines = [f"# {marked(scenario.title.text)}", ""]
    if scenario.description is not None:
        lines += [marked(scenario.description.text), ""]
    if scenario.catalogue is not None:
        for key in ("need", "target_group", "goal", "intervention"):
            text = getattr(scenario.catalogue, key).text
            lines += [f"**{words[key]}.** {marked(text)}", ""]
    if len(kept):
        lines += [f"## {words['numbers']}", ""]
        lines += [words["kept"].format(runs=int(kept["runs"].iloc[0])), ""]
        lines += [f"| {words['arm']} | {words['net']} | {words['ratio']} |", "|---|---:|---:|"]
        for row in kept.to_dict("records"):
            net, low, high = (number(row[k] / 1e6, 1) for k in ("net", "net_low", "net_high"))
            arm = scenario.arms[row["arm"]].label.text
            span = t("{low} to {high}", low=low, high=high)
            lines += [f"| {marked(arm)} | {net} ({span}) | {number(row['ratio'], 2)} |"]
        lines += [""]
    lines += [words["run"], "", f"```text\nsisim run {name}\n```"]
    return "\n".join(lines) + "\n"


def _write(app: Sphinx) -> None:
    if app.builder.name == "gettext":
        return
    lang: Lang = "sv" if app.config.language == "sv" else "en"
    kept = pd.read_csv(RESULT)
    with in_language(lang):
        pages = {n: _page(n, lang, kept[kept["scenario"] == n]) for n in shipped("scenario")}
    keep(Path(app.srcdir) / FOLDER, pages)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before any is read."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
