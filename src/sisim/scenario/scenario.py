"""A scenario: a pathway, a population, investments, time and money, as one file says them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    field_serializer,
    model_validator,
)

from sisim.scenario.application import Application
from sisim.scenario.condition import Condition
from sisim.scenario.continuation import Continuation
from sisim.scenario.contract import Contract
from sisim.scenario.dates import months_until
from sisim.scenario.decision_report import DecisionReport
from sisim.scenario.economy import FUND, Economy
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.follow_up import FollowUpPlan
from sisim.scenario.fund import Fund
from sisim.scenario.measurement import Measurement
from sisim.scenario.model_file import ModelFile
from sisim.scenario.pathway import Pathway, Scale
from sisim.scenario.seed_range import MOST_SEED
from sisim.scenario.silo_rules import Silo
from sisim.scenario.social_values import SocialReturn
from sisim.scenario.spread import SpreadPlan
from sisim.scenario.system_goals import SystemChange
from sisim.scenario.types import (
    Age,
    Duration,
    Float,
    Month,
    Name,
    Number,
    Parameter,
    People,
    Positive,
    Probability,
    Rate,
    Symbol,
    Table,
    Text,
    Year,
)

NOTHING: Mapping[str, float] = {}
_HAIR = 1e-6
"""What a length in years may miss by: a third of a year has no end of decimals."""

GATED = "gated"
Ending = Literal["ends", "continues", "new_way_of_working", "gated"]
GateEnding = Literal["ends", "continues", "new_way_of_working"]
MonthOrDay = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])(-\d{2})?$")]
"""A calendar month, or a day of it where a step is a week."""


class Catalogue(Table):
    """The columns of the project catalogue: need, target group, goal, method, outcome measures."""

    need: Text
    target_group: Text
    goal: Text
    intervention: Text
    social_outcomes: list[Text] = Field(description="The social outcomes that are measured.")
    economic_outcomes: list[Text] = Field(description="The economic outcomes that are measured.")


class Time(Table):
    """When the scenario starts, how far it looks, how much history it shows.

    `warm_up` is in years before the history; unset, it is long enough for everyone who lives at
    the start to have been simulated from birth. `tail` is a pathway that goes on where people leave
    the scenario's: what their later lives are worth is computed as an exact cohort, and no part of
    the simulated years.
    """

    start: Month = Field(
        "2026-01", description="The first month that is simulated with and without the investments."
    )
    years: Annotated[float, Field(gt=0, le=100)] = Field(
        20, description="How many years are simulated from the start."
    )
    history: Annotated[float, Field(ge=0, le=50)] = Field(
        0, description="Years before the start that are shown."
    )
    warm_up: Annotated[float, Field(ge=0, le=200)] | None = Field(
        None,
        description="Years simulated before the history; unset: enough for all to have been "
        "followed from birth.",
    )
    tail: Pathway | None = None

    @property
    def first_year(self) -> int:
        """The first year. Years are whole from the start, and named by when they begin."""
        return int(self.start[:4])

    @property
    def all_years(self) -> range:
        """The years from the start to the end, where the last may not be whole."""
        return range(self.first_year, self.first_year + math.ceil(self.years - _HAIR))

    @property
    def whole_years(self) -> range:
        """The years simulated from their first day to their last, history included."""
        before, after = (math.floor(years + _HAIR) for years in (self.history, self.years))
        return range(self.first_year - before, self.first_year + after)

    @property
    def ends(self) -> str:
        """The calendar month "2041-08" in which the scenario has just ended."""
        months = round(months_until(self.start) + 12 * self.years)
        return f"{months // 12}-{1 + months % 12:02d}"

    def year_of(self, month: str, later: float = 0.0) -> int:
        """Return the year that holds a moment: so many years after a month "2027-03" begins."""
        years = (months_until(month) - months_until(self.start)) / 12
        return self.first_year + math.floor(years + later + _HAIR)


class Area(Table):
    """An area of the municipality and its share of the births."""

    label: Text
    share: Positive


class Movers(Table):
    """Movers-in: how many a year, as a share of residents, and at what ages (years)."""

    per_year: Positive
    below: list[Float] = Field([], description="Upper edges of the bands of age, in years.")
    shares: list[Positive] = Field(
        [Positive(value=1)], description="The share of movers in each band of age."
    )


class Spacing(Table):
    """How far apart siblings are born: shares of the years `between` one limit and the next."""

    between: Annotated[list[Annotated[float, Field(ge=0, le=100)]], Field(min_length=2)] = Field(
        description="Limits of the years between siblings."
    )
    shares: Annotated[list[Positive], Field(min_length=1)] = Field(
        description="The share between each limit and the next."
    )


class Families(Table):
    """Families: siblings among those who are born here, and among those who move in together.

    `children` are the shares of families that have one, two, three... children in the end. What is
    `in_common` (attributes) is drawn once for all siblings. They are children until they are
    `grown_at` years old. Who are siblings changes nothing else: each moves, is ill and dies alone.
    """

    children: Annotated[list[Positive], Field(min_length=1)] = Field(
        description="Shares of families with one, two, three … children."
    )
    spacing: Spacing
    in_common: list[Name] = Field([], description="Attributes that siblings have in common.")
    grown_at: Age = Field(18, description="The age in years at which a child is grown.")


class Population(Table):
    """Who is simulated: an open population of `residents`, or a closed `cohort`.

    In an open population everyone is aged 0 to `max_age` years; births are as many as keep
    `residents` constant but for moves and deaths, and grow by `growth` a year from the start.
    A closed cohort starts in the pathway's start states, or in `start`, at `age`; or at several
    ages, evenly spread within bands: the first begins at `age`, each ends at one of `ages_below`
    and has one of `age_shares`.
    """

    residents: People | None = Field(
        None, description="How many live there at the start, in an open population."
    )
    max_age: Age = Field(30, description="The age in years at which people leave.")
    growth: Number = Number(value=0)
    movers_in: Movers | None = None
    cohort: People | None = Field(None, description="How many people there are in a closed cohort.")
    age: Annotated[float, Field(ge=0, le=150)] = Field(
        0, description="The age in years at which a cohort begins."
    )
    ages_below: list[Age] = Field([], description="Upper ends of a cohort's bands of age (years).")
    age_shares: list[Positive] = Field([], description="Share of a cohort in each band of age.")
    start: dict[Name, Name | dict[Name, Positive]] = Field(
        {}, description="Where a cohort begins: a state for each track, or shares of states."
    )
    areas: dict[Name, Area] = Field({}, description="The areas of the municipality.")
    families: Families | None = None

    @property
    def oldest(self) -> float:
        """An age in years that nobody exceeds at the start."""
        return max(self.age, *self.ages_below) if self.ages_below else self.age


class Persistence(Table):
    """What is left of an effect after a person's treatment has ended.

    `none` (gone at once), `permanent`, `half_life` (`years`), `linear` (to zero in `years`),
    `table` (`at` years since the end, `share` kept; linear in between, constant after).
    """

    kind: Literal["none", "permanent", "half_life", "linear", "table"] = Field(
        "none", description="How what is left of the effect develops."
    )
    years: Positive | None = None
    at: list[Float] = Field([], description="Years since the treatment ended.")
    share: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        [], description="Share of the effect that is left at each of those years."
    )


def _listed(data: Any) -> Any:
    """Return a table whose `on` is a list, though it be a name alone."""
    if isinstance(data, dict) and isinstance(data.get("on"), str):
        return {**data, "on": [data["on"]]}
    return data


class TreatmentPart(Table):
    """A part of a treatment: from so many months since a person began, to less than others."""

    from_: Duration = Field(
        0, alias="from", description="Months since the person began, inclusive."
    )
    below: Annotated[float, Field(gt=0, le=1200)] | None = Field(
        None, description="Months since the person began, exclusive."
    )


class Instead(Table):
    """What a person is given when an effect has kept a transition from them, or hastened it.

    For so many `months` they use resources: as in a state, so much per year. What is used `once` is
    used when it begins. It begins anew if it happens again, and ends when they leave.
    """

    label: Text | None = None
    months: Annotated[float, Field(gt=0, le=1200)] = Field(
        description="How many months it is given."
    )
    share: Probability = Field(
        Probability(value=1), description="Share of them who are given it, drawn each time."
    )
    uses: dict[Name, Positive] = Field({}, description="Resources used per year while it is given.")
    once: dict[Name, Positive] = Field({}, description="Resources used once, when it begins.")


class Harm(Table):
    """A risk for a share of those from whom an effect has kept a transition, or hastened it.

    For so many `months` the transitions named in `on` have a `ratio`, on the `scale` stated: the
    child who stays at home and is in need there.
    """

    label: Text | None = None
    share: Probability
    months: Annotated[float, Field(gt=0, le=1200)] = Field(
        description="How many months the risk lasts."
    )
    on: list[Name] = Field(description="The transitions whose risk is changed.")
    ratio: Positive
    scale: Scale = Field(
        "rate_ratio", description="What the ratio is: of rates, of odds or of probabilities."
    )

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, data: Any) -> Any:
        return _listed(data)


class Complement(Table):
    """Another investment that the effect is whole with: the region's part of it, say.

    Who has not begun that one, in the same arm, gets the share `without` of the effect.
    """

    investment: Name = Field(description="The investment that the effect is whole together with.")
    without: Probability


class Effect(Table):
    """A factor on named transitions, or on the use of resources or outcome weights in states.

    `ratio` is a rate ratio, odds ratio or relative risk, as `scale` says. It acts on the
    `participants`, or on everybody in the `area`s that have the new way of working; there it
    changes the inflow. Partial strength s (onset, fidelity, persistence) gives 1 - (1 - ratio) s.
    `on` names transitions; "entry" (thins the entries into the population); or a use or weight,
    "use:RESOURCE@STATE" or "weight:NAME@STATE" (without @STATE: in every state that has it), which
    is multiplied by the ratio, or to which `adds` is added.
    What a transition that is prevented brings with it, for the person whom it would have happened
    to with the same luck, is said by `instead` (what is given in its place) and `harm`. The same
    holds for a transition that is hastened, as an earlier discharge.
    It may act only while a person is in certain states of other tracks (`only_in`: a list of states
    or groups by track), and only in a part of their treatment (`months` since they began). Effects
    on the same thing act by their `order`, then in the order of the file; those whose result would
    depend on it have orders of their own.
    """

    on: list[str] = Field(description="The transitions, uses or weights that it acts on.")
    ratio: Number = Number(value=1)
    adds: Number | None = Field(
        None, description="Amount per year in the state that is added (uses and weights only)."
    )
    sets: Number | None = Field(
        None, description="Amount per year in the state that takes the place of what there is."
    )
    scale: Scale = Field(
        "rate_ratio", description="What the ratio is: of rates, of odds or of probabilities."
    )
    order: Annotated[int, Field(ge=-1000, le=1000)] = Field(
        1, description="Effects of a lower order act first."
    )
    only_in: dict[Name, list[Name]] = Field(
        {}, description="States or groups of other tracks in which it acts."
    )
    months: TreatmentPart = TreatmentPart()
    acts_on: Literal["participants", "area"] = Field(
        "participants", description="Whether it acts on participants or on everybody in the area."
    )
    phase: Literal["always", "project", "new_way"] = Field(
        "always",
        description="Whether it acts in the project, in the new way of working, or always.",
    )
    persistence: Persistence = Persistence()
    modifier: str | None = Field(None, description="Numeric attribute that scales the effect.")
    instead: Instead | None = None
    harm: Harm | None = None
    complement: Complement | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, data: Any) -> Any:
        return _listed(data)


class Selection(Table):
    """Who gets a place when places are short.

    `risk_of` names the transition that ranks people under `highest_risk`, by its base x factors
    as they stand for each person, also for who is not yet where it begins (a return, say, while
    still in care); a screening with `sensitivity` and `specificity` stands between the true
    ranking and the choice.
    """

    rule: Literal["first_come", "highest_risk", "lottery"] = Field(
        "first_come", description="Who gets a place: in order, at the highest risk, or by lottery."
    )
    risk_of: Name | None = Field(
        None, description="The transition by whose risk people are ranked."
    )
    sensitivity: Probability = Probability(value=1)
    specificity: Probability = Probability(value=1)


class Cost(Table):
    """What an investment costs, in the scenario's price level, and who pays.

    `start_up` once; `running` per year while it runs; per participant at start and per month; and
    each follow-up of the method (`refresher`), where there are any (`fidelity`).
    `payer` is an administration or a fund, or several with shares that sum to 1; "fund" is one that
    the file says no more about.
    """

    start_up: Positive = Positive(value=0)
    running: Positive = Positive(value=0)
    per_participant: Positive = Positive(value=0)
    per_participant_month: Positive = Positive(value=0)
    refresher: Positive = Positive(value=0)
    payer: Name | dict[Name, Positive] = Field(
        description="Who pays: an administration or a fund, or several with shares."
    )
    price_type: Name = Field("staff", description="Whose real price growth it follows.")

    @property
    def shares(self) -> dict[str, float]:
        """Share of the cost paid by each payer; sums to 1."""
        if isinstance(self.payer, str):
            return {self.payer: 1.0}
        return {name: share.value for name, share in self.payer.items()}


class Fidelity(Table):
    """How fully the method is delivered: `share` at years `at` since it began, linear between.

    It drifts: the share `decay` of it is lost per year, from the beginning or from the latest
    follow-up of the method, which brings it back. There is one every so many months (`refresher`),
    of which each costs `cost.refresher`.
    """

    at: list[Float] = Field([0], description="Years since the delivery began.")
    share: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        [1], description="Share of full delivery at each of those years."
    )
    decay: Probability | None = None
    refresher: Annotated[float, Field(gt=0, le=1200)] | None = Field(
        None, description="Months between follow-ups of the method; unset: there are none."
    )


class Learning(Table):
    """A learning curve: the effect on participants grows with the cases begun before theirs.

    The first case gets the share `first` of the effect. Each time the number of cases is doubled,
    what is lacking is multiplied by `per_doubling` (Wright 1936): after n cases the share is
    1 - (1 - first) (n + 1)^log2(per_doubling). Cases are counted in the arm, in all its areas; who
    begins in the same step has the same share, and keeps it. An effect on an area has no cases.
    """

    first: Probability
    per_doubling: Probability


class Preparation(Table):
    """Something that is done before the first case: staff, training, information.

    It takes so many `months`, begins when what it comes `after` is done, and has a `cost` that is
    spread over them.
    """

    label: Text | None = None
    months: Duration = Field(description="How many months it takes.")
    after: list[Name] = Field([], description="The parts that must be done first.")
    cost: Positive = Positive(value=0)


class NewWay(Table):
    """The new way of working: full scale for everyone in need, in ordinary operation.

    Begins `delay` months after the project, area by area (`areas` in order, `interval` months
    apart; unset: all at once), each growing to full scale in `ramp` months.
    """

    delay: Duration = Field(
        0, description="Months between the end of the project and the new way of working."
    )
    ramp: Duration = Field(0, description="Months until it has come to full scale.")
    areas: list[Name] = Field(
        [], description="Areas in the order in which they begin; empty: all at once."
    )
    interval: Duration = Field(0, description="Months between the areas.")
    reach: Probability = Probability(value=1)
    capacity: People | None = Field(
        None, description="Places at a time; unset: as many as are needed."
    )
    cost: Cost
    replaces: Cost | None = None


class Gate(Table):
    """A stage gate: how the investment ends is decided by what an evaluation says.

    An arm in which it ends `gated` is, in every run, the arm of `yes` or that of `no`: nothing else
    is simulated. The decision is the evaluation's (its `rule`, and the effect from which it pays),
    and comes with its answer.
    """

    evaluation: Name = Field(description="The evaluation that decides.")
    yes: GateEnding = Field("new_way_of_working", description="How it ends if the answer is yes.")
    no: GateEnding = Field(
        "ends", description="How it ends if the answer is no, or there is no answer."
    )
    meanwhile: Literal["continues", "pause"] = Field(
        "continues",
        description="What happens between the project's end and the answer: it `continues`, or "
        "there is a `pause`.",
    )


class Investment(Table):
    """A social investment: an intervention with money, time, places, a target group, an ending.

    With `unit` "family" a family takes part when one of its children is in the target group, and
    all its children with it, also those who are born while it lasts. Reach, places, drop-out and
    the order in a queue are then families'; numbers of participants, and what each of them costs,
    are still children's.

    People begin while there is `intake`, and are given the rest of their treatment until `years`
    are over: so those who come last get the whole of it. A project may begin area by area, `areas`
    in order, `interval` months apart; all end together. Where and when it is delivered it takes the
    place of the investments that it `stops` in the same arm: their people lose their effects, and
    what they cost falls away, by the shares of the areas; they do not come back when it ends.

    What is in `preparation` comes first, from the `start`: nobody begins, and nothing runs, until
    all of it is done. It is a part of the `years`.
    """

    label: Text
    start: MonthOrDay = Field(
        description="When it begins: a month, as 2026-01, or a day where a step is a week."
    )
    years: Annotated[float, Field(gt=0, le=100)] = Field(
        description="How many years the project lasts."
    )
    intake: Annotated[float, Field(gt=0, le=100)] | None = Field(
        None, description="Years in which people may begin, from the start; unset: as `years`."
    )
    target: Condition
    unit: Literal["person", "family"] = Field(
        "person", description="Whether persons or whole families take part."
    )
    reach: Probability = Probability(value=1)
    capacity: People | None = Field(
        None, description="Places at a time; unset: as many as are needed."
    )
    selection: Selection = Selection()
    duration: Annotated[float, Field(gt=0, le=1200)] | None = Field(
        None, description="Months of treatment; unset: as long as the person stays and it runs."
    )
    drop_out: Rate = Rate(value=0)
    repeat: bool = Field(
        False, description="Whether one may take part again; the latest treatment is what counts."
    )
    onset: Duration = Field(0, description="Months until the effect has come to its full strength.")
    fidelity: Fidelity | None = None
    learning: Learning | None = None
    preparation: dict[Name, Preparation] = Field(
        {}, description="What is done before the first case, by a name of your own."
    )
    effects: list[Effect] = Field([], description="What it changes: a list of effects.")
    cost: Cost
    new_way: NewWay | None = None
    areas: list[Name] = Field([], description="Areas of the project; empty: all.")
    interval: Duration = Field(0, description="Months between the areas listed, as they begin.")
    stops: list[Name] = Field([], description="Investments whose place it takes.")
    gate: Gate | None = None

    @property
    def taken_in(self) -> float:
        """Years from the start in which people may begin."""
        return self.years if self.intake is None else self.intake

    @property
    def prepared_at(self) -> dict[str, float]:
        """When each part of the preparation is done, in months from the start."""
        done = dict.fromkeys(self.preparation, 0.0)
        # The longest way through what comes after what has no more links than there are parts.
        for _ in done:
            done = {
                name: part.months + max((done.get(before, 0.0) for before in part.after), default=0)
                for name, part in self.preparation.items()
            }
        return done

    @property
    def lead(self) -> float:
        """Months from the start until the first case may begin."""
        return max(self.prepared_at.values(), default=0.0)


class Arm(Table):
    """One version of the future: which investments, and how each ends.

    An arm with a stage gate ("gated") is made of two others once an evaluation has answered: see
    `Gate`.
    """

    label: Text
    investments: dict[Name, Ending] = Field(
        description="Which investments it has, and how each of them ends."
    )


class Drift(Table):
    """What happens in every arm alike, per year from the start.

    `volumes`: growth of a named transition's rate; `prices`: real price growth by price type, that
    of "general" holding for types that are not given.
    """

    volumes: dict[Name, Number] = Field(
        {}, description="Growth a year of the rates of named transitions, as shares."
    )
    prices: dict[Name, Number] = Field(
        {}, description="Real growth a year of prices by price type, as shares."
    )
    inflation: Number = Number(value=0.02)


class OutcomeMeasure(Table):
    """An outcome that stands beside the money: people in a group, or entries into it.

    `where` asks for some people only, by area and the pathway's groupings.
    """

    label: Text
    group: Name | None = Field(None, description="The group of states whose people are counted.")
    transition: Name | None = Field(None, description="The transition whose events are counted.")
    count: Literal["stock", "entries", "events"] = Field(
        "stock",
        description="What is counted: people there (`stock`), entries into the group, or events.",
    )
    where: dict[Name, list[str]] = Field(
        {}, description="Only some people: values of areas and groupings."
    )
    good: Literal["low", "high"] = Field(
        "low", description="Whether it is good that there are few (`low`) or many (`high`)."
    )


class Goal(Table):
    """A goal that is drawn as a line beside what each arm comes to.

    Either the share in `group` of those in the group `of`, of the people that `where` names (area
    and the pathway's groupings): of those who enter in a year, or of the mean number there. Few
    enter a small group in a year: `years` pools it with the years before. Or the share of full
    `delivery` of an investment, by its fidelity. The goal is to be met in the year `by`.
    """

    label: Text
    share: Annotated[float, Field(gt=0, le=1)] = Field(description="The share that is the goal.")
    group: Name | None = Field(None, description="The group of states that the share is in.")
    of: Name | None = Field(None, description="The group of states that it is a share of.")
    count: Literal["entries", "stock"] = Field(
        "entries",
        description="Whether those who enter in a year are counted, or the mean number there.",
    )
    where: dict[Name, list[str]] = Field(
        {}, description="Only some people: values of areas and groupings."
    )
    years: Annotated[int, Field(gt=0, le=100)] = Field(1, description="How many years are pooled.")
    delivery: Name | None = Field(
        None, description="The investment whose delivery the goal is for, in place of people."
    )
    at_most: bool = Field(False, description="The share should be the goal or less.")
    by: Year | None = Field(None, description="The year in which it is to be met.")


class Figures(Table):
    """What the two figures show: the arms, the case in focus, the year marked."""

    project: Name = Field("project", description="The arm of the first figure.")
    new_way: Name = Field("new_way", description="The arm of the second figure.")
    case: Name = Field(description="The outcome in focus.")
    year: Year | None = Field(
        None, description="The year marked; unset: late, where the story has shown."
    )


class JointDistribution(Table):
    """Several numbers drawn together, those of `paths`: parameters, as a rule.

    `dirichlet`: shares with `alpha`, in the order of the paths. `multivariate_normal`: with `mean`
    and `covariance`, of the numbers themselves or (`on = "log"`) of their logarithms. `draws`:
    those that another analysis has made, in `rows` or in a CSV `file` beside this one, with a
    column for each path; draw number n is row n, and after the last comes the first again.
    """

    distribution: Literal["dirichlet", "multivariate_normal", "draws"] = Field(
        description="How the numbers are drawn together."
    )
    paths: list[str] = Field(description="The numbers, by their keys with dots.")
    on: Literal["value", "log"] = Field(
        "value", description="Whether the numbers themselves are drawn, or their logarithms."
    )
    alpha: list[Float] = Field(
        [], description="The parameters of a Dirichlet distribution, in the order of the paths."
    )
    mean: list[Float] = Field([], description="The means of a multivariate normal distribution.")
    covariance: list[list[Float]] = Field(
        [], description="The covariance matrix, a list for each row."
    )
    file: str | None = Field(None, description="A CSV file of draws, with a column for each path.")
    rows: list[list[Float]] = Field([], description="Draws, a list for each.")


class Scenario(ModelFile):
    """A scenario file, with the pathway that it names already loaded and overridden."""

    title: Text
    description: Text | None = None
    invented: bool = Field(True, description="True: the figures say that the numbers are invented.")
    pathway: Pathway
    parameters: dict[Symbol, Parameter] = Field(
        {}, description="Parameters of formulas, beside those of the pathway or in their place."
    )
    catalogue: Catalogue | None = None
    time: Time = Time()
    population: Population
    investments: dict[Name, Investment] = Field(
        {}, description="The social investments, by a name of your own."
    )
    arms: dict[Name, Arm] = Field(
        {},
        description="The versions of the future that are compared, beside the one without any "
        "investment.",
    )
    funds: dict[Name, Fund] = Field(
        {}, description="Social investment funds, which investments name as payers."
    )
    drift: Drift = Drift()
    economy: Economy = Economy()
    outcomes: dict[Name, OutcomeMeasure] = Field(
        {}, description="Outcomes that stand beside the money."
    )
    goals: dict[Name, Goal] = Field(
        {}, description="Goals that are drawn as lines beside what comes of them."
    )
    measurements: dict[Name, Measurement] = Field(
        {}, description="When instruments are used, and on whom."
    )
    contracts: dict[Name, Contract] = Field(
        {}, description="Outcome contracts: payments between parties."
    )
    figures: Figures | None = None
    follow_up: FollowUpPlan | None = None
    evaluations: dict[Name, Evaluation] = Field({}, description="The evaluations that are planned.")
    application: Application | None = None
    spread: SpreadPlan | None = None
    silo: Silo | None = None
    system: SystemChange | None = None
    sroi: SocialReturn | None = None
    report: DecisionReport | None = None
    uncertainty: dict[Name, JointDistribution] = Field(
        {}, description="Numbers that are drawn together."
    )
    seed: Annotated[int, Field(ge=0, le=MOST_SEED)] = Field(
        1, description="The seed of the first run; the next has the next number."
    )
    replications: Annotated[int, Field(gt=0, le=1_000_000)] = Field(
        1, description="How many runs, each with a seed of its own."
    )
    override_files: list[str] = Field(
        [],
        description="Files with an [override] of their own, beside this one, as `sisim estimate` "
        "writes them.",
    )
    override: dict[str, Any] = Field(
        {}, description="Other values of numbers in the pathway, by their keys with dots."
    )

    _files: dict[str, str] = PrivateAttr(default_factory=dict)
    _changed: dict[str, str] = PrivateAttr(default_factory=dict)
    _before: dict[str, float] = PrivateAttr(default_factory=dict)
    _gated: dict[str, Arm] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _gated_apart(self) -> Scenario:
        # What is simulated are the two arms between which a gate decides.
        self._gated = {n: arm for n, arm in self.arms.items() if GATED in arm.investments.values()}
        if self._gated:
            kept = {name: arm for name, arm in self.arms.items() if name not in self._gated}
            self.__dict__["arms"] = kept
        return self

    @field_serializer("arms", mode="wrap")
    def _all_arms(
        self, arms: dict[str, Arm], handler: SerializerFunctionWrapHandler
    ) -> dict[str, Any]:
        found: dict[str, Any] = handler({**arms, **self._gated})
        return found

    def part_of_file(self, name: str) -> Any:
        """Return a field as a file has it: arms with those that have a stage gate."""
        return {**self.arms, **self._gated} if name == "arms" else super().part_of_file(name)

    @property
    def gated(self) -> dict[str, Arm]:
        """The arms with a stage gate, which are not among `arms`: see `Gate`."""
        return dict(self._gated)

    @property
    def warm_up(self) -> float:
        """Years simulated before the history: by default so many that all live from birth."""
        if self.time.warm_up is not None:
            return self.time.warm_up
        return 0.0 if self.population.cohort is not None else self.population.max_age

    def __repr__(self) -> str:
        """Return name, length and arms in a line."""
        arms = ", ".join(self.arms)
        return f"<Scenario {self.name!r}: {self.time.years:g} years, arms {arms}>"

    def bears(self, payer: str) -> bool:
        """Return whether what `payer` pays counts in the perspective: see `Economy.bears`.

        A fund that the file describes counts where anything of its principal does.
        """
        administrations = self.pathway.administrations
        if payer in self.funds:
            own = self.funds[payer].principal
            return any(self.bears(n) for n, a in administrations.items() if a.principal == own)
        return self.economy.bears(payer, administrations, self.pathway.principals)

    def measurement_label(self, name: str) -> Text:
        """Return what a measurement is called: by itself, by its instrument or by its group."""
        own, pathway = self.measurements[name], self.pathway
        if own.label is not None:
            return own.label
        if own.instrument is not None:
            return pathway.instruments[own.instrument].label
        return pathway.groups[str(own.left)].label

    def shows_share(self, name: str) -> bool:
        """Return whether a measurement shows a share of people, not points."""
        instrument = self.measurements[name].instrument
        return instrument is None or self.pathway.instruments[instrument].mean is None

    @property
    def price_index(self) -> dict[int, float]:
        """The price index by year, in order, of the currency that the pathway is priced in."""
        return self.economy.index(self.pathway.currency)

    @property
    def private_payers(self) -> dict[str, Text]:
        """What the private parties of contracts are called, by the name under which they pay.

        That is their role; or "CONTRACT.ROLE" where a contract before it has another in that role.
        """
        found: dict[str, Text] = {}
        for name, contract in self.contracts.items():
            for role, label in contract.parties.names.items():
                found[role if found.get(role, label) == label else f"{name}.{role}"] = label
        return found

    def payer_label(self, payer: str) -> Text:
        """Return what an administration, a fund or a private party is called."""
        known = self.pathway.administrations.get(payer) or self.funds.get(payer)
        if known is not None:
            return known.label
        if payer == FUND:
            return Text(sv="Fonden", en="The fund")
        return self.private_payers.get(payer, Text(sv=payer, en=payer))

    @property
    def continuation(self) -> Continuation | None:
        """How the tail goes on from the scenario's pathway; None without a tail."""
        tail = self.time.tail
        return None if tail is None else tail.continues.get(self.pathway.name)

    def with_origin(
        self,
        files: Mapping[str, str],
        changed: Mapping[str, str],
        before: Mapping[str, float] = NOTHING,
    ) -> Scenario:
        """Return the scenario, told from which file each of its parts came.

        Args:
            files: File by part: the scenario itself (""), its "pathway".
            changed: Place by dotted path, of what was overridden.
            before: The numbers that were overridden, as they were, by dotted path.
        """
        scenario = self.model_copy()
        scenario._files, scenario._changed = dict(files), dict(changed)
        scenario._before = dict(before)
        return scenario

    @property
    def before(self) -> dict[str, float]:
        """The numbers that were overridden, as they were: see `with_origin`."""
        return dict(self._before)

    @property
    def origins(self) -> tuple[dict[str, str], dict[str, str]]:
        """The file of each part, and the place of all that was overridden: see `with_origin`."""
        return dict(self._files), dict(self._changed)

    def origin(self, path: str) -> str:
        """Return the file (or the override) that the number at a dotted `path` came from."""
        for start, place in self._changed.items():
            if path == start or path.startswith(f"{start}."):
                return place
        of = max(
            (own for own in self._files if f"{path}.".startswith(f"{own}.")), key=len, default=""
        )
        return self._files.get(of, "")
