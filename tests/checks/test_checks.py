"""Each kind of bad file is answered with file, line, key, reason and the nearest name (L9)."""

from pathlib import Path

import pytest
from helpers.languages import in_swedish
from helpers.small_files import Change, Write

from sisim.loading.load import load_pathway, load_scenario
from sisim.scenario.errors import Problem, ScenarioError

HOME_AGAIN = "probability = 0.1\n"


def problems(scenario: Path) -> list[Problem]:
    """Return everything that is wrong in a scenario."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(scenario)
    return caught.value.problems


FAMILIES = (
    "[population.families]\nchildren = [0.5, 0.5]\nspacing = { between = [1, 3], shares = [1] }\n"
)


def families(old: str = "", new: str = "") -> Change:
    """Return the change that adds families, with something wrong in them."""
    return ("[population.areas.centre]", FAMILIES.replace(old, new) + "\n[population.areas.centre]")


EFFECTS = 'effects = [{ on = "placement", ratio = 0.7 }]'


def effect(words: str, on: str = '"placement"') -> Change:
    """Return the change that gives the effect more words, or has it on something else."""
    return (EFFECTS, f"effects = [{{ on = {on}, ratio = 0.7, {words} }}]")


CASES: dict[str, tuple[Change, str, str, str, str, str, str | None]] = {
    "something given instead that has no price": (
        effect("instead = { months = 6, uses = { care_days = 30 } }"),
        *("trial.toml", "effects =", "investments.support.effects.0.instead.uses.care_days"),
        *("There is no price", "Pris saknas", "care_day"),
    ),
    "nothing that is given instead": (
        effect("instead = { months = 6 }"),
        *("trial.toml", "effects =", "investments.support.effects.0.instead"),
        *("Nothing is given", "Inget ges", None),
    ),
    "something given where no transition is prevented": (
        effect("instead = { months = 6, once = { care_day = 1 } }", '"use:care_day"'),
        *("trial.toml", "effects =", "investments.support.effects.0.instead"),
        *("the effect is on none", "effekten verkar inte på någon", None),
    ),
    "a risk of a transition that does not exist": (
        effect("harm = { share = 0.1, months = 6, on = 'placements', ratio = 2 }"),
        *("trial.toml", "effects =", "investments.support.effects.0.harm.on.0"),
        *("The transition", "Övergången", "placement"),
    ),
    "something given instead between two steps": (
        effect("instead = { months = 6.5, once = { care_day = 1 } }"),
        *("trial.toml", "effects =", "investments.support.effects.0.instead.months"),
        *("6.5 falls between two steps", "6,5 faller mellan två steg", None),
    ),
    "an effect in a state that does not exist": (
        effect("only_in = { care = ['plaved'] }"),
        *("trial.toml", "effects =", "investments.support.effects.0.only_in.care.0"),
        *("The state", "Tillståndet", "placed"),
    ),
    "a use that looks at another track": (
        effect("only_in = { care = ['home'] }", '"use:care_day"'),
        *("trial.toml", "effects =", "investments.support.effects.0.only_in"),
        *("Give the use itself a factor", "Ge användningen själv en faktor", None),
    ),
    "a part of a treatment that is not given to anyone": (
        effect("months = { from = 6 }, acts_on = 'area'"),
        *("trial.toml", "effects =", "investments.support.effects.0.months"),
        *("has a part of their treatment", "har en del av deras behandling", None),
    ),
    "a part of a treatment that ends before it begins": (
        effect("months = { from = 6, below = 6 }"),
        *("trial.toml", "effects =", "investments.support.effects.0.months"),
        *('"below" (6) is not over "from" (6)', "”below” (6) är inte över ”from” (6)", None),
    ),
    "a value that is set and multiplied": (
        effect("sets = 3", '"use:care_day"'),
        *("trial.toml", "effects =", "investments.support.effects.0.sets"),
        *('has no "ratio"', "har ingen ”ratio”", None),
    ),
    "a transition that is set": (
        (EFFECTS, 'effects = [{ on = "placement", sets = 0.7 }]'),
        *("trial.toml", "effects =", "investments.support.effects.0.sets"),
        *("Only a use or a weight is an amount", "Bara en användning eller en vikt", None),
    ),
    "effects that do not commute": (
        (
            EFFECTS,
            'effects = [{ on = "use:care_day", ratio = 0.7 }, '
            '{ on = "use:care_day@placed", adds = 3 }]',
        ),
        *("trial.toml", "effects =", "investments.support.effects.1.on"),
        *("depends on which acts first", "beror på vilken som verkar först", None),
    ),
    "ratios on scales that do not commute": (
        (
            EFFECTS,
            'effects = [{ on = "placement", ratio = 0.7 }, '
            '{ on = "placement", ratio = 0.7, scale = "odds_ratio" }]',
        ),
        *("trial.toml", "effects =", "investments.support.effects.1.on"),
        *("depends on which acts first", "beror på vilken som verkar först", None),
    ),
    "an intake that goes on when the project has ended": (
        ("years = 3\n", "years = 3\nintake = 4\n"),
        *("trial.toml", "intake = 4", "investments.support.intake"),
        *("Nobody can begin after the project", "Ingen kan börja efter att projektet", None),
    ),
    "areas apart that are not listed": (
        ("years = 3\n", "years = 3\ninterval = 6\n"),
        *("trial.toml", "interval = 6", "investments.support.interval"),
        *('the areas are listed in "areas"', "listas områdena i ”areas”", None),
    ),
    "an investment that stops itself": (
        ("years = 3\n", 'years = 3\nstops = ["support"]\n'),
        *("trial.toml", 'stops = ["support"]', "investments.support.stops.0"),
        *("The investments stop each other", "Investeringarna ersätter varandra", None),
    ),
    "an investment that stops one that does not exist": (
        ("years = 3\n", 'years = 3\nstops = ["suport"]\n'),
        *("trial.toml", 'stops = ["suport"]', "investments.support.stops.0"),
        *("The investment", "Investeringen", "support"),
    ),
    "start ages of no cohort": (
        ("max_age = 30\n", "max_age = 30\nages_below = [10]\nage_shares = [1]\n"),
        *("trial.toml", "ages_below = [10]", "population.ages_below"),
        *('Only a closed "cohort" starts', "Bara en sluten ”cohort” börjar", None),
    ),
    "ages without as many shares": (
        (
            "residents = 1000\n",
            "cohort = 1000\nages_below = [10, 20]\nage_shares = [1]\n",
        ),
        *("trial.toml", "ages_below = [10, 20]", "population.ages_below"),
        *("Ages: 2, shares: 1", "Åldrar: 2, andelar: 1", None),
    ),
    "ages that do not increase from where they begin": (
        (
            "residents = 1000\n",
            "cohort = 1000\nage = 11\nages_below = [10, 20]\nage_shares = [0.5, 0.5]\n",
        ),
        *("trial.toml", "ages_below = [10, 20]", "population.ages_below"),
        *("The limits must increase", "Gränserna måste öka", None),
    ),
    "shares of ages that are not all of them": (
        (
            "residents = 1000\n",
            "cohort = 1000\nages_below = [10, 20]\nage_shares = [0.5, 0.4]\n",
        ),
        *("trial.toml", "age_shares = [0.5, 0.4]", "population.age_shares"),
        *("The shares sum to 0.9", "Andelarna summerar till 0,9", None),
    ),
    "an investment in families that are not known": (
        ("years = 3", 'years = 3\nunit = "family"'),
        *("trial.toml", 'unit = "family"', "investments.support.unit"),
        *("[population.families] is missing", "[population.families] saknas", None),
    ),
    "children of families that are not all of them": (
        families("0.5, 0.5", "0.5, 0.3"),
        *("trial.toml", "children = [0.5, 0.3]", "population.families.children"),
        *("sum to 0.8", "Andelarna summerar till 0,8", None),
    ),
    "spacing with a limit too few": (
        families("shares = [1]", "shares = [0.5, 0.5]"),
        *("trial.toml", "spacing = {", "population.families.spacing.shares"),
        *("there should be one limit more", "gränserna ska vara en fler", None),
    ),
    "something in common that is unknown": (
        families("children", 'in_common = ["rsk"]\nchildren'),
        *("trial.toml", 'in_common = ["rsk"]', "population.families.in_common.0"),
        *('drawn once "rsk" does not exist', "dras en gång ”rsk” finns inte", "risk"),
    ),
    "shares of movers of an unknown category": (
        (
            "shares = { low = 0.8, high = 0.2 }",
            "shares = { low = 0.8, high = 0.2 }\nof_movers = { shares = [{ hgh = 1 }] }",
        ),
        *("small.toml", "of_movers", "attributes.risk.of_movers.shares.0.hgh"),
        *('The category "hgh" does not exist', "”hgh” finns inte", "high"),
    ),
    "a goal about nothing": (
        ("[figures]", '[goals.home]\nlabel = "Home"\nshare = 0.5\ngroup = "placed"\n\n[figures]'),
        *("trial.toml", "[goals.home]", "goals.home"),
        *('"group" and "of", or "delivery"', "”group” och ”of”, eller ”delivery”", None),
    ),
    "a goal about an unknown grouping": (
        (
            "[figures]",
            '[goals.home]\nlabel = "Home"\nshare = 0.5\ndelivery = "support"\n'
            'where = { aera = ["centre"] }\n\n[figures]',
        ),
        *("trial.toml", "where = {", "goals.home.where.aera"),
        *('The grouping "aera" does not exist', "Indelningen ”aera” finns inte", "area"),
    ),
    "an outcome in an unknown area": (
        (
            "[figures]",
            '[outcomes.home]\nlabel = "Home"\ngroup = "placed"\n'
            'where = { area = ["center"] }\n\n[figures]',
        ),
        *("trial.toml", "where = {", "outcomes.home.where.area.0"),
        *('The category "center" does not exist', "”center” finns inte", "centre"),
    ),
    "an unknown perspective": (
        ("[figures]", '[economy]\nperspective = "social + municipalty"\n\n[figures]'),
        *("trial.toml", 'perspective = "social + municipalty"', "economy.perspective"),
        *('The perspective "municipalty" does not', "Perspektivet ”municipalty” finns inte."),
        "municipality",
    ),
    "a discount rate in percent": (
        ("[figures]", "[economy]\ndiscount_costs = 3.5\n\n[figures]"),
        *("trial.toml", "discount_costs = 3.5", "economy.discount_costs"),
        *("write 3.5 % as 0.035", "skriv 3,5 % som 0.035", None),
    ),
    "a discount rate in percent without its point": (
        ("[figures]", "[economy]\ndiscount_effects = 350\n\n[figures]"),
        *("trial.toml", "discount_effects = 350", "economy.discount_effects"),
        *("write 3.5 % as 0.035", "skriv 3,5 % som 0.035", None),
    ),
    "a negative discount rate": (
        ("[figures]", "[economy]\ndiscount_costs = -0.01\n\n[figures]"),
        *("trial.toml", "discount_costs = -0.01", "economy.discount_costs"),
        *("cannot be negative", "kan inte vara negativ", None),
    ),
    "a tail without a basis": (
        ("[figures]", "[economy]\ntail = { years = 10 }\n\n[figures]"),
        *("trial.toml", "tail = { years = 10 }", "economy.tail"),
        *('A tail needs a stated "basis"', "Ett restvärde efter kalkylperioden behöver en", None),
    ),
    "a fading tail without its half-life": (
        ("[figures]", '[economy]\ntail = { years = 10, basis = "fading" }\n\n[figures]'),
        *("trial.toml", "tail = {", "economy.tail"),
        *('"fading" needs "half_life", over 0.', "”fading” behöver ”half_life”, över 0.", None),
    ),
    "a tail that both stays and fades": (
        (
            "[figures]",
            '[economy]\ntail = { years = 9, basis = "last_year", half_life = 2 }\n\n[figures]',
        ),
        *("trial.toml", "tail = {", "economy.tail.half_life"),
        *('Only "fading" has a "half_life".', "Bara ”fading” har en ”half_life”.", None),
    ),
    "a step without size": (
        ("price_year = 2024", 'price_year = 2024\ncash = "step"\nstep_size = 0'),
        *("small.toml", "step_size = 0", "resources.care_day.step_size"),
        *("The size of a step must be over 0.", "Ett trappsteg måste vara större än 0.", None),
    ),
    "notice of what falls at once": (
        ("price_year = 2024", "price_year = 2024\nnotice = 6"),
        *("small.toml", "notice = 6", "resources.care_day.notice"),
        *('Only a resource with cash = "step" has a "notice".', "Bara en resurs med", None),
    ),
    "a unit of an unknown category": (
        ("high = 0.2 }", "high = 0.2 }\nsizes = { hgih = 10 }"),
        *("small.toml", "sizes = { hgih = 10 }", "attributes.risk.sizes.hgih"),
        *('The category "hgih" does not exist.', "Kategorin ”hgih” finns inte.", "high"),
    ),
    "a unit with nobody in it": (
        ("high = 0.2 }", "high = 0.2 }\nsizes = { high = 0 }"),
        *("small.toml", "sizes = { high = 0 }", "attributes.risk.sizes.high"),
        *("There is at least one person in a unit.", "I en enhet finns minst en person.", None),
    ),
    "units of what is redrawn": (
        ("high = 0.2 }", "high = 0.2 }\nredraw = 1\nsizes = { high = 10 }"),
        *("small.toml", "sizes = { high = 10 }", "attributes.risk.sizes"),
        *("Only categories that never change", "Bara kategorier som aldrig ändras", None),
    ),
    "an unknown key": (
        ("price_year", "price_yera"),
        *("small.toml", "price_yera = 2024", "resources.care_day.price_yera"),
        *('Unknown key "price_yera".', "Okänd nyckel ”price_yera”.", "price_year"),
    ),
    "a misspelt table": (
        ("[groups.placed]", "[grups.placed]"),
        *("small.toml", "[grups.placed]", "grups"),
        *('Unknown key "grups".', "Okänd nyckel ”grups”.", "groups"),
    ),
    "a missing price": (
        (
            "price = { value = 3000, low = 2000, high = 4000, "
            'source = "X", grade = "literature" }\n',
            "",
        ),
        *("small.toml", "[resources.care_day]", "resources.care_day.price"),
        *('The key "price" is missing.', "Nyckeln ”price” saknas.", None),
    ),
    "a resource without a price": (
        ("uses.care_day", "uses.care_dya"),
        *("small.toml", "uses.care_dya = 365", "tracks.care.states.placed.uses.care_dya"),
        *("There is no price", "Pris saknas", "care_day"),
    ),
    "a value outside its range": (
        ("value = 3000", "value = 5000"),
        *("small.toml", "price =", "resources.care_day.price"),
        *("The value 5000 lies outside its own range 2000 to 4000.", "utanför sitt eget spann"),
        None,
    ),
    "a range upside down": (
        ("low = 2000, high = 4000", "low = 4000, high = 2000"),
        *("small.toml", "price =", "resources.care_day.price"),
        *('"low" (4000) is greater than "high" (2000).', "”low” (4000) är större än"),
        None,
    ),
    "a target upside down": (
        (
            "[transitions.placement]",
            '[targets.many]\nlabel = "Many"\nmeasure = "share"\n'
            'low = 0.5\nhigh = 0.4\nsource = "X"\ngrade = "measured"\n[transitions.placement]',
        ),
        *("small.toml", "[targets.many]", "targets.many"),
        *('"low" (0.5) is greater than "high" (0.4).', "”low” (0,5) är större än ”high” (0,4)."),
        None,
    ),
    "a value above the only end of its range": (
        ("low = 2000, high = 4000", "high = 2000"),
        *("small.toml", "price =", "resources.care_day.price"),
        *('3000 is greater than "high" (2000).', "3000 är större än ”high” (2000).", None),
    ),
    "a value below the only end of its range": (
        ("low = 2000, high = 4000", "low = 4000"),
        *("small.toml", "price =", "resources.care_day.price"),
        *('3000 is less than "low" (4000).', "3000 är mindre än ”low” (4000).", None),
    ),
    "a wrong choice": (
        ('grade = "literature"', 'grade = "litterature"'),
        *("small.toml", "price =", "resources.care_day.price.grade"),
        *("is not one of: measured, derived", "är inte något av: measured", "literature"),
    ),
    "a probability over 1": (
        (HOME_AGAIN, "probability = 1.2\n"),
        *("small.toml", "probability = 1.2", "transitions.home_again.probability"),
        *("The number must be at most 1.", "Talet får vara högst 1.", None),
    ),
    "a text for a number": (
        ("price_year = 2024", 'price_year = "last"'),
        *("small.toml", 'price_year = "last"', "resources.care_day.price_year"),
        *('There is no parameter "last"', "Det finns ingen parameter ”last”", None),
    ),
    "a decimal comma": (
        ("years = 10", "years = 7,5"),
        *("trial.toml", "years = 7,5", ""),
        *("written with a decimal point", "skrivs med decimalpunkt", None),
    ),
    "spaces between thousands": (
        ("price_year = 2024", "price_year = 2 024"),
        *("small.toml", "price_year = 2 024", ""),
        *("without spaces", "utan mellanslag", None),
    ),
    "a number as it is said": (
        (HOME_AGAIN, 'probability = "1,5 %"\n'),
        *("small.toml", 'probability = "1,5 %"', "transitions.home_again.probability"),
        *("write 0.015", "skriv 0.015", None),
    ),
    "true for a number": (
        ("years = 10", "years = true"),
        *("trial.toml", "years = true", "time.years"),
        *("true should be a number.", "true ska vara ett tal.", None),
    ),
    "a text for a list": (
        ('states = ["placed"]', 'states = "placed"'),
        *("small.toml", 'states = "placed"', "groups.placed.states"),
        *('"placed" should be a list.', "”placed” ska vara en lista.", None),
    ),
    "an empty text for a number": (
        (HOME_AGAIN, 'probability = ""\n'),
        *("small.toml", 'probability = ""', "transitions.home_again.probability"),
        *('"" should be a number', "”” ska vara ett tal", None),
    ),
    "a table for a list": (
        ('states = ["placed"]', "states = { placed = 1, home = 2 }"),
        *("small.toml", "states = {", "groups.placed.states"),
        *("This table should be a list.", "Den här tabellen ska vara en lista.", None),
    ),
    "a list for a table": (
        ("shares = { low = 0.8, high = 0.2 }", "shares = [0.8, 0.2]"),
        *("small.toml", "shares = [", "attributes.risk.shares"),
        *("This list should be a table.", "Den här listan ska vara en tabell.", None),
    ),
    "a list for a choice": (
        ('step = "month"', 'step = ["month"]'),
        *("small.toml", 'step = ["month"]', "step"),
        *("This list is not one of: week, month", "Den här listan är inte något av", "month"),
    ),
    "not a month": (
        ('start = "2026-01"', 'start = "2026-13"'),
        *("trial.toml", 'start = "2026-13"', "time.start"),
        *("is not a month", "är inte en månad", None),
    ),
    "a bad name": (
        ("[groups.placed]", '[groups."Placerade barn"]'),
        *("small.toml", '[groups."Placerade barn"]', "groups.Placerade barn"),
        *("cannot be a name", "kan inte vara ett namn", None),
    ),
    "an unknown state": (
        ('to = "placed"', 'to = "plced"'),
        *("small.toml", 'to = "plced"', "transitions.placement.to.plced"),
        *('The state "plced" does not exist.', "Tillståndet ”plced” finns inte.", "placed"),
    ),
    "an unknown factor": (
        ('["by_risk", "by_age"]', '["by_risk", "by_agee"]'),
        *("small.toml", "factors =", "transitions.placement.factors.1"),
        *('The factor "by_agee"', "Faktorn ”by_agee”", "by_age"),
    ),
    "an unknown feature": (
        ('feature = "attribute.risk"', 'feature = "attribute.rsk"'),
        *("small.toml", 'feature = "attribute.rsk"', "factors.by_risk.feature"),
        *('The feature "attribute.rsk"', "Egenskapen ”attribute.rsk”", "attribute.risk"),
    ),
    "an unknown category": (
        ("values = { low = 1,", "values = { lwo = 1,"),
        *("small.toml", "values = { lwo = 1, high = 4 }", "factors.by_risk.values.lwo"),
        *('The category "lwo"', "Kategorin ”lwo”", "low"),
    ),
    "limits that do not increase": (
        ("below = [12, 18]", "below = [18, 12]"),
        *("small.toml", "below = [18, 12]", "factors.by_age.below"),
        *("The limits must increase: 18, 12.", "Gränserna måste öka", None),
    ),
    "a value too few": (
        ("values = [1, 2, 0.5]", "values = [1, 2]"),
        *("small.toml", "values = [1, 2]", "factors.by_age.values"),
        *("Values: 2, limits: 2", "Värden: 2, gränser: 2", None),
    ),
    "a value too few, of a probability": (
        (
            HOME_AGAIN,
            'probability = 0.1\nfactors = ["old"]\n[factors.old]\nfeature = "age"\n'
            "below = [10, 20]\nvalues = [1, 2]\n",
        ),
        *("small.toml", "values = [1, 2]", "factors.old.values"),
        *("Values: 2, limits: 2", "Värden: 2, gränser: 2", None),
    ),
    "an unknown factor of what may then be too probable": (
        (HOME_AGAIN, 'probability = 0.9\nfactors = ["by_risk", "by_agee"]\n'),
        *("small.toml", 'factors = ["by_risk", "by_agee"]', "transitions.home_again.factors.1"),
        *('The factor "by_agee"', "Faktorn ”by_agee”", "by_age"),
    ),
    "a long window": (
        ('feature = "age"\n', 'feature = "visits.placed"\nwindow = 65\n'),
        *("small.toml", "window = 65", "factors.by_age.window"),
        *("A window has 1 to 64 steps; this one has 65.", "Ett fönster har 1 till 64 steg", None),
    ),
    "a circle of factors": (
        (
            "[factors.by_age]",
            '[factors.a]\nproduct = ["b", "by_risk"]\n'
            '[factors.b]\nproduct = ["a"]\n[factors.by_age]',
        ),
        *("small.toml", 'product = ["b", "by_risk"]', "factors.a.product"),
        *("go round in a circle: a → b → a.", "i en cirkel: a → b → a.", None),
    ),
    "a rate and a probability": (
        (HOME_AGAIN, "probability = 0.1\nrate = 0.1\n"),
        *("small.toml", "[transitions.home_again]", "transitions.home_again"),
        *('Give either "rate" or "probability".', "Ange antingen ”rate” eller", None),
    ),
    "a schedule with a rate": (
        (HOME_AGAIN, "rate = 0.1\nschedule = { month = 8 }\n"),
        *("small.toml", "schedule = { month = 8 }", "transitions.home_again.schedule"),
        *('With a "schedule" there is a "probability"', "Med ”schedule” anges", None),
    ),
    "nobody pays": (
        ('administration = "social"\n', ""),
        *("small.toml", "[resources.care_day]", "resources.care_day"),
        *('Give either "administration" or "payers"', "så att någon betalar", None),
    ),
    "payers that are not all": (
        ('administration = "social"\n', "payers = { social = 0.7 }\n"),
        *("small.toml", "payers = { social = 0.7 }", "resources.care_day.payers"),
        *("The shares sum to 0.7", "Andelarna summerar till 0,7", None),
    ),
    "a row over 1": (
        (HOME_AGAIN, 'probability = 0.3\nfactors = ["by_risk"]\n'),
        *("small.toml", "[transitions.home_again]", "transitions.home_again"),
        *(
            "can sum to 1.2, over 1 (when attribute.risk = high)",
            "kan summera till 1,2, alltså över 1 (när attribute.risk = high)",
        ),
        None,
    ),
    "a state nobody reaches": (
        ("[groups.placed]", '[tracks.care.states.lost]\nlabel = "Lost"\n\n[groups.placed]'),
        *("small.toml", "[tracks.care.states.lost]", "tracks.care.states.lost"),
        *("Nobody can ever come here", "Ingen kan någonsin komma hit", None),
    ),
    "a target group nobody is in": (
        ("from = 3, below = 12", "from = 31"),
        *("trial.toml", "target =", "investments.support.target"),
        *(
            'Nobody can ever be in the target group: no "age" is at least 31 and below 30.',
            "Ingen kan någonsin vara i målgruppen",
        ),
        None,
    ),
    "a target group of an unknown state": (
        ('state.care = ["placed"]', 'state.care = ["placd"]'),
        *("trial.toml", "target =", "investments.support.target.state.care.0"),
        *('The category "placd" does not exist.', "Kategorin ”placd” finns inte.", "placed"),
    ),
    "an investment after the horizon": (
        ('start = "2027-01"', 'start = "2036-01"'),
        *("trial.toml", 'start = "2036-01"', "investments.support.start"),
        *(
            "The investment starts 2036-01, after the end of the scenario (start 2026-01, "
            "years 10).",
            "Investeringen börjar 2036-01, efter scenariot",
        ),
        None,
    ),
    "an effect on nothing": (
        ('on = "placement"', 'on = "placemnt"'),
        *("trial.toml", "effects =", "investments.support.effects.0.on.0"),
        *('The transition "placemnt"', "Övergången ”placemnt”", "placement"),
    ),
    "an effect on a use that is not there": (
        ('on = "placement", ratio = 0.7', 'on = "use:care_day@home", ratio = 0.7'),
        *("trial.toml", "effects =", "investments.support.effects.0.on.0"),
        *('The use "use:care_day@home"', "Användningen", "use:care_day"),
    ),
    "an amount added to a transition": (
        ('on = "placement", ratio = 0.7', 'on = "placement", adds = 2'),
        *("trial.toml", "effects =", "investments.support.effects.0.adds"),
        *("Only a use or a weight", "Bara en användning eller en vikt", None),
    ),
    "a new way that is not there": (
        ('[investments.support.new_way]\ncost = { running = 50000, payer = "social" }\n', ""),
        *("trial.toml", "investments =", "arms.new_way.investments.support"),
        *("has no [new_way]", "har inget [new_way]", None),
    ),
    "an unknown payer": (
        ('running = 100000, payer = "social"', 'running = 100000, payer = "socialt"'),
        *("trial.toml", "cost =", "investments.support.cost.payer"),
        *('The administration "socialt"', "Förvaltningen ”socialt”", "social"),
    ),
    "a year outside": (
        ("year = 2030", "year = 2040"),
        *("trial.toml", "year = 2040", "figures.year"),
        *("The year 2040 lies outside the scenario, 2026 to 2035.", "Året 2040 ligger utanför"),
        None,
    ),
    "a marked year that is not whole": (
        ("years = 10", "years = 4.5"),
        *("trial.toml", "year = 2030", "figures.year"),
        *("Only a part of the year 2030", "Bara en del av året 2030 simuleras", None),
    ),
    "figures of less than a year": (
        ('"2026-01"\nyears = 10', '"2026-07"\nyears = 0.75'),
        *("trial.toml", "year = 2030", "figures.year"),
        *("0.75 of one is simulated", "bara 0,75 av ett simuleras", None),
    ),
    "an unknown pathway": (
        ('pathway = "small.toml"', 'pathway = "smal.toml"'),
        *("trial.toml", 'pathway = "smal.toml"', "pathway"),
        *("There is no file and no ready pathway", "inget färdigt livsförlopp", "small.toml"),
    ),
    "a text that is not closed": (
        ('title = "Trial"', 'title = "Trial'),
        *("trial.toml", 'title = "Trial', ""),
        *("A text is not closed", "En text är inte avslutad", None),
    ),
    "a key that stands twice": (
        ("price_year = 2024", "price_year = 2024\nprice_year = 2023 # later"),
        *("small.toml", "price_year = 2023", "resources.care_day.price_year"),
        *("has already been given a value above", "har redan fått ett värde ovanför", None),
    ),
    "a table that stands twice": (
        ("[groups.placed]", "[tracks.care] # again\n\n[groups.placed]"),
        *("small.toml", "[tracks.care] # again", "tracks.care"),
        *("The table has already been given above.", "Tabellen finns redan ovanför.", None),
    ),
    "a key twice in a table on one line": (
        ("values = { low = 1,", "values = { high = 1,"),
        *("small.toml", "values = { high = 1, high = 4 }", "factors.by_risk.values"),
        *("The key stands twice in the same table.", "Nyckeln står två gånger", None),
    ),
    "a month without quotes": (
        ('start = "2026-01"', "start = 2026-01"),
        *("trial.toml", "start = 2026-01", "", 'needs "quotes"', 'behöver "citattecken"', None),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_answered(case: str, write: Write) -> None:
    change, file, line, key, english, swedish, suggestion = CASES[case]
    scenario = write(change)
    (problem,) = problems(scenario)
    assert (Path(problem.file).name, problem.key) == (file, key)
    lines = scenario.with_name(file).read_text().splitlines()
    assert lines[problem.line - 1].startswith(line)
    assert english in problem.render()
    assert swedish in in_swedish(lambda: problem.render())
    assert problem.suggestion == suggestion
    if suggestion:
        assert f'Did you mean "{suggestion}"?' in problem.render()
        assert f"Menade du ”{suggestion}”?" in in_swedish(lambda: problem.render())


def test_what_can_be_chosen_is_listed_once(write: Write) -> None:
    (problem,) = problems(write(('grade = "literature"', 'grade = "guess"')))
    assert problem.render().count("literature") == 1


def test_the_files_are_well_when_nothing_is_spoilt(write: Write) -> None:
    assert load_scenario(write()).pathway.name == "small"


def test_several_problems_are_said_at_once(write: Write) -> None:
    scenario = write(
        ("price_year", "price_yera"),
        ('states = ["placed"]', 'states = ["placd"]'),
        ("[groups.placed]", '[tracks.care.states.lost]\nlabel = "Lost"\n\n[groups.placed]'),
        (HOME_AGAIN, "probability = 0.3\nfactors = ['by_risk']\n"),
        ("residents", "resident"),
        ('start = "2027-01"', 'start = "2056-01"'),
    )
    keys = {problem.key for problem in problems(scenario)}
    assert keys == {
        "resources.care_day.price_yera",
        "groups.placed.states.0",
        "tracks.care.states.lost",
        "transitions.home_again",
        "population.resident",
        "investments.support.start",
    }


REACH = "years = 3\nreach = { value = 1.7, low = 0.5, high = 0.9 }"
NEVER = "probability = 0.1\n[transitions.lost]\ntrack = 'care'\nfrom = 'home'\nto = 'lost'\n"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("years = 3", REACH), "investments.support.reach.value"),
        (
            (HOME_AGAIN, "probability = 1.4\nfactors = ['by_risk']\n"),
            "transitions.home_again.probability",
        ),
        (
            (HOME_AGAIN, f"{NEVER}rate = -0.1\n[tracks.care.states.lost]\nlabel = 'Lost'\n"),
            "transitions.lost.rate",
        ),
        (
            ("shares = { low = 0.8, high = 0.2 }", "shares = { low = 1.2, high = -0.2 }"),
            "attributes.risk.shares.high",
        ),
        (('states = ["placed"]\n', ""), "groups.placed.states"),
    ],
)
def test_nothing_is_said_of_a_value_that_the_file_does_not_say(
    change: Change, key: str, write: Write
) -> None:
    assert [problem.key for problem in problems(write(change))] == [key]


def test_an_unreadable_pathway_does_not_hide_the_scenario(write: Write) -> None:
    found = problems(write(('name = "small"', "name = small"), ("residents", "resident")))
    assert [Path(problem.file).name for problem in found] == ["small.toml", "trial.toml"]


def test_every_reason_is_said_in_both_languages(write: Write) -> None:
    for change, *_ in CASES.values():
        for problem in problems(write(change)):
            assert problem.reason.in_language("sv") != problem.reason.in_language("en")


def test_factors_that_all_go_round_in_circles_are_answered_at_once(write: Write) -> None:
    names = [f"round_{n}" for n in range(40)]
    product = 'product = ["round_0", "round_0", "round_39"]'
    circles = "\n".join(f"[factors.{name}]\n{product}" for name in names)
    found = problems(write((HOME_AGAIN, f'probability = 0.1\nfactors = ["round_0"]\n{circles}\n')))
    assert all("go round in a circle" in problem.render() for problem in found)


def test_features_that_are_not_shared_are_not_multiplied(write: Write) -> None:
    """Two transitions that are never likely at the same age sum to no more than either."""
    scenario = write(
        (
            HOME_AGAIN,
            "probability = 0.9\nfactors = ['young']\n[transitions.home_old]\n"
            'track = "care"\nfrom = "placed"\nto = "home"\nprobability = 0.9\nfactors = ["old"]\n'
            '[factors.young]\nfeature = "age"\nbelow = [10]\nvalues = [1, 0]\n'
            '[factors.old]\nfeature = "age.calendar"\nbelow = [12]\nvalues = [0, 1]\n',
        ),
    )
    assert load_scenario(scenario)


def test_scheduled_moments_add_only_when_they_can_coincide(write: Write) -> None:
    scheduled = (
        "probability = 0.9\nschedule = {{ month = 8 }}\n[transitions.home_new]\n"
        'track = "care"\nfrom = "placed"\nto = "home"\nprobability = 0.9\n'
        "schedule = {{ month = {month} }}\n"
    )
    assert load_scenario(write((HOME_AGAIN, scheduled.format(month=1))))
    (problem,) = problems(write((HOME_AGAIN, scheduled.format(month=8))))
    assert "can sum to 1.8" in problem.render()


def test_an_effect_may_not_lift_a_row_over_1(write: Write) -> None:
    effect = '{ on = "home_again", ratio = 3, scale = "relative_risk" }'
    scenario = write(
        (HOME_AGAIN, "probability = 0.4\n"),
        ('effects = [{ on = "placement", ratio = 0.7 }]', f"effects = [{effect}]"),
    )
    (problem,) = problems(scenario)
    assert "can sum to 1.2" in problem.render()


def test_an_effect_may_add_a_use_where_there_was_none(write: Write) -> None:
    assert load_scenario(
        write(('on = "placement", ratio = 0.7', 'on = ["use:care_day@home"], adds = 2'))
    )


def test_what_contradicts_itself_is_asked_of_nobody(write: Write) -> None:
    scenario = write(
        (
            'target = { state.care = ["placed"], age = { from = 3, below = 12 } }',
            'target = { state.care = ["placed"], any_of = [{ state.care = ["home"] }] }',
        ),
    )
    assert "investments.support.target" in problems(scenario)[0].key


def test_a_missing_file_suggests_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("")
    with pytest.raises(ScenarioError, match=r"mine\.toml"):
        load_scenario(tmp_path / "mien.toml")
    with pytest.raises(ScenarioError, match="child-youth"):
        load_pathway("child-yout")


def test_a_file_in_another_encoding_is_answered(write: Write) -> None:
    path = write()
    path.write_bytes('name = "trial"\n# åäö\n'.encode("latin-1"))
    (problem,) = problems(path)
    assert (problem.line, "UTF-8" in in_swedish(lambda: problem.render())) == (2, True)
