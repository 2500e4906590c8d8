"""A pathway: the life course as a multi-state model on several tracks at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sisim.i18n import KRONA
from sisim.scenario.continuation import Continuation
from sisim.scenario.model_file import ModelFile
from sisim.scenario.steps import nearest_whole
from sisim.scenario.types import (
    Age,
    Float,
    Grade,
    Name,
    Number,
    Parameter,
    People,
    Positive,
    Probability,
    Rate,
    Share,
    Symbol,
    Table,
    Text,
    Year,
)

Unit = Literal["year", "month", "step"]
Scale = Literal["rate_ratio", "odds_ratio", "relative_risk"]
MAX_OUT = 64
"""Most transitions out of one state, and most destinations of one transition."""


class Principal(Table):
    """A principal (huvudman): municipality, region, state, individual."""

    label: Text
    public: bool = Field(True, description="Whether it counts in the public sector's perspective.")


class Administration(Table):
    """An administration (förvaltning) that pays, and the principal it belongs to."""

    label: Text
    principal: Name = Field(description="The principal it belongs to.")


class Resource(Table):
    """Something a state or a transition uses, with a unit price.

    One of `administration` and `payers` (shares that sum to 1) says who pays. `receivers` (shares
    that sum to 1) are those whose income it is: a transfer costs its payers what its receivers
    gain; what is received and paid by nobody, as what a person produces, is a gain. It counts in
    what an arm is worth in each perspective, and in no cost, budget, repayment or figure of costs.
    `ordinary` marks what everyone has (school for all): left out of the figures unless asked for.
    `cash` says what a budget sees of a reduced use: all of it at once (`outlay`); only whole steps
    of `step_size`, `notice` months later (`step`); or nothing (`capacity`).
    """

    label: Text
    unit: Text
    price: Positive
    price_year: Year = Field(description="The year in whose money the price is.")
    administration: Name | None = Field(None, description="The administration that pays.")
    payers: dict[Name, Positive] = Field(
        {}, description="Several that pay, with shares that sum to 1."
    )
    receivers: dict[Name, Positive] = Field(
        {}, description="Administrations whose income it is, and their shares of the price."
    )
    cash: Literal["outlay", "step", "capacity"] = Field(
        "outlay", description="What a budget sees of a reduced use: `outlay`, `step` or `capacity`."
    )
    step_size: Positive | None = Field(
        None,
        description="Units a year that can only be freed together: a home of eight places is 2920 "
        "days, a post one year's work.",
    )
    notice: Positive | None = Field(
        None, description="Months from when a step is no longer needed until it costs nothing."
    )
    price_type: Name = Field("general", description="Whose real price growth it follows.")
    ordinary: bool = Field(
        False, description="Whether everyone has it, so that the figures leave it out."
    )
    bought: bool = Field(False, description="Whether it is bought of a provider outside.")

    @property
    def shares(self) -> dict[str, float]:
        """Share of the price paid by each administration; sums to 1, or to 0 if nobody pays."""
        if self.administration is not None:
            return {self.administration: 1.0}
        return {name: share.value for name, share in self.payers.items()}

    @property
    def flows(self) -> list[tuple[str, float]]:
        """What each administration pays of the price and (negative) receives, in order.

        The sum is 1 of what is bought, 0 of a transfer, -1 of what is received and paid by nobody.
        """
        received = [(name, -share.value) for name, share in self.receivers.items()]
        return [*self.shares.items(), *received]


class OfMovers(Table):
    """Shares of an attribute's categories among those who move in, by age at arrival (years)."""

    below: list[Float] = Field(
        [], description="Upper edges of the bands of age at arrival, in years."
    )
    shares: list[dict[Name, Positive]] = Field(
        description="The shares of the categories in each band."
    )


class Attribute(Table):
    """A background drawn at entry: categories with shares, or a number from a distribution.

    `shares_by` gives other shares by area, and `of_movers` among those who move in: so a background
    can say who has come lately, and at what age. With `redraw` a category is drawn anew at that
    rate. `sizes` says how many people there are in each unit of a category: workplaces of the
    kind preschool with 10 each. People of the same unit are then each other's peers.
    """

    label: Text | None = None
    shares: dict[Name, Positive] = Field({}, description="The share of each category.")
    labels: dict[Name, Text] = Field({}, description="What the categories are called.")
    shares_by: dict[Name, dict[Name, Positive]] = Field({}, description="Other shares, by area.")
    of_movers: OfMovers | None = None
    distribution: Literal["normal", "uniform", "gamma", "lognormal", "beta"] | None = Field(
        None, description="The distribution of a numeric attribute."
    )
    parameters: dict[str, Number] = Field({}, description="The parameters of the distribution.")
    redraw: Rate | None = None
    sizes: dict[Name, Positive] = Field({}, description="People in each unit of a category.")


class FactorFile(Table):
    """What was read from the file of a factor's table: it is no key of a model file.

    `axes` are the labels of each feature, `values` one for each combination, the last feature
    changing first.
    """

    file: str
    axes: list[list[str]]
    values: list[Float]


class Factor(Table):
    """A multiplier looked up by one feature (law L1), or a product of other factors.

    One of these forms:

    - `values` as a list with `below` (upper edges, exclusive; one value more than edges);
    - `values` as a table by category, state, group or area, the rest getting `default`;
    - `shape` (`exponential`, `weibull`, `gompertz`) over a time feature, a hazard per year
      (Weibull h = k/s (t/s)^(k-1), Gompertz h = a exp(b t), exponential h = a);
    - `features`, two at once: a `table` with a value for every category or band of the first
      ("0", "1-4", "85+") and of the second, or a `file` with such a table: a CSV file beside this
      one with a column for each of up to three features, by name (`age`, `sex`, `year`), and
      `value`. The first and the last band hold beyond them too;
    - `direct`: the numeric attribute itself is the multiplier;
    - `product`: the product of other named factors.

    `feature` is one of: `age`, `age.calendar` (age reached in the calendar year), `age.start` (age
    at the start of a cohort, at moving in, or 0 at birth), `time_in_state`, `time_in.GROUP`,
    `time_since.GROUP`, `visits.GROUP` (ever, or in the last `window`), `attribute.NAME`,
    `state.TRACK`, `area`, `calendar.month`, `calendar.year`, `calendar.step`, `share.GROUP` (share
    of peers `among` the same area, an attribute's category or unit of it, or all),
    `exposure.INVESTMENT` (`never`, `during`, `after`).
    Ages are in years, durations in months, unless `unit` says otherwise.
    `otherwise` is the value for who is not in the group, or has never left it.

    With `causal_share` the values are a raw association, a ratio or an odds ratio of those who have
    the feature, whoever they are, and what acts is `value ** causal_share`: that share of the log
    ratio (as the proportion of a log hazard ratio that is explained, Lin, Fleming & De Gruttola
    1997). 0: nothing follows from the feature, all of it is selection; 1 (as unset): the raw values
    act. It is for `values`, a `table` or a `file`, none of them 0: what is impossible is no
    association, and stands in a factor of its own.
    """

    feature: str | None = Field(None, description="The feature that it is looked up by.")
    features: list[str] = Field([], description="The features of a table with several.")
    table: dict[str, dict[str, Number]] = Field({}, description="Values by two features.")
    file: str | None = Field(None, description="A CSV file with such a table.")
    content: FactorFile | None = None
    below: list[Float] = Field([], description="Upper edges of the bands, exclusive.")
    values: list[Number] | dict[str, Number] = Field(
        [], description="The multipliers: a list by band, or a table by category."
    )
    default: Number | None = None
    otherwise: Number | None = None
    unit: Unit | None = Field(None, description="The unit of ages and durations in the bands.")
    window: Float | None = Field(
        None, description="Months back in which earlier visits are counted; unset: all."
    )
    among: str = Field("area", description="Who are the peers of a person.")
    shape: Literal["exponential", "weibull", "gompertz"] | None = Field(
        None, description="The shape of a hazard over time."
    )
    parameters: dict[str, Number] = Field({}, description="The parameters of the shape.")
    direct: bool = Field(False, description="Whether the attribute itself is the multiplier.")
    product: list[Name] = Field([], description="Factors that are multiplied.")
    causal_share: Share | None = Field(
        None,
        description="Share of the log of each value that is taken to be causal: what acts is "
        "`value ** causal_share`.",
    )
    scale: Scale | None = Field(
        None, description="Default: rate ratio on a rate, relative risk on a probability."
    )
    source: str | None = Field(None, description="Where the values come from.")
    grade: Grade | None = Field(None, description="How sure the values are.")
    note: str | None = Field(None, description="What else is to be said of the values.")


class Use(Table):
    """An amount of a resource or outcome weight: base x factors.

    In a state: per year spent there. On a transition or at entry: per event.
    """

    amount: Number
    factors: list[Name] = Field([], description="Factors on the amount.")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, dict) and {"amount", "factors"} & set(data):
            return data
        return {"amount": data}


class State(Table):
    """A state of a track. Entering an `exit` state leaves the population."""

    label: Text
    uses: dict[Name, Use] = Field({}, description="Resources used per year in the state.")
    weights: dict[Name, Use] = Field({}, description="Outcome weights per year in the state.")
    exit: bool = Field(False, description="Whether one leaves the population by it.")


class TrackSpec(Table):
    """One side of life with exactly one current state per person."""

    label: Text
    start: Name | dict[Name, Positive] = Field(
        description="The state in which people begin, or shares of several."
    )
    states: dict[Name, State] = Field(description="The states of the track.")


class Group(Table):
    """A named set of states of one track."""

    label: Text
    track: Name = Field(description="The track that the states belong to.")
    states: list[Name] = Field(description="The states in the group.")


class Schedule(Table):
    """The moment of a scheduled transition: a calendar month, an age, or a cycle number."""

    month: Annotated[int, Field(ge=1, le=12)] | None = Field(
        None, description="The calendar month, from 1 to 12."
    )
    age: Annotated[float, Field(ge=0, le=150)] | None = Field(None, description="The age in years.")
    cycle: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="The number of the step."
    )


class Destination(Table):
    """One of several destinations, chosen in proportion to share x factors."""

    share: Positive
    factors: list[Name] = Field([], description="Factors on the share.")

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, dict) and {"share", "factors"} & set(data):
            return data
        return {"share": data}


class Transition(Table):
    """A named transition: from some states to one, or to several in stated proportions.

    `rate` is a hazard; `probability` is per step; with `schedule` the probability applies at that
    moment only. Transitions of a lower `order` come first and the others are conditional on them.
    A transition may lead back to the state it leaves: it is counted and uses what it uses, and the
    time in the state begins anew; a group is neither left nor entered.
    """

    label: Text | None = None
    track: Name = Field(description="The track on which it moves people.")
    origin: list[Name] = Field(alias="from", description="The state or states that it leaves.")
    to: dict[Name, Destination] = Field(
        description="The state that it leads to, or several with shares."
    )
    rate: Rate | None = None
    probability: Probability | None = None
    schedule: Schedule | None = None
    factors: list[Name] = Field([], description="The factors that its base is multiplied by.")
    order: Annotated[int, Field(ge=-1000, le=1000)] = Field(
        1, description="Transitions of a lower order come first."
    )
    uses: dict[Name, Use] = Field({}, description="Resources used by each event.")
    weights: dict[Name, Use] = Field({}, description="Outcome weights of each event.")

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = dict(data)
        if isinstance(data.get("from"), str):
            data["from"] = [data["from"]]
        if isinstance(data.get("to"), str):
            data["to"] = {data["to"]: 1.0}
        return data


class Grouping(Table):
    """A feature by which counts are kept apart: `age` with `below`, or an attribute."""

    feature: str = Field(description="The feature: `age`, or an attribute.")
    below: list[Float] = Field([], description="Upper edges of the bands of age, in years.")

    @property
    def bands(self) -> list[str]:
        """What the bands of age are called, as "7-13" and "25+"; none of an attribute."""
        lows = [0.0, *self.below]
        named = [f"{low:g}-{high:g}" for low, high in zip(lows, self.below, strict=False)]
        return [*named, f"{lows[-1]:g}+"] if self.feature == "age" else []


class Entry(Table):
    """What every person uses once, at entry."""

    uses: dict[Name, Use] = Field({}, description="Resources used once by everyone who enters.")
    weights: dict[Name, Use] = Field({}, description="Outcome weights of everyone who enters.")


class Instrument(Table):
    """A test, a scale or a questionnaire: what it shows of a person, by states and background.

    A score is `mean` x factors with normal noise `sd`, kept between `low` and `high`, and `whole`
    where points are whole; or it shows yes or no, with a `probability` x factors. In one step a
    person shows one result, whoever asks. What an answer costs is what it `uses`.
    """

    label: Text
    unit: Text = Text(sv="poäng", en="points")
    mean: Number | None = None
    probability: Probability | None = None
    factors: list[Name] = Field([], description="Factors on the mean or the probability.")
    sd: Positive = Positive(value=0)
    low: Float | None = Field(None, description="The lowest score.")
    high: Float | None = Field(None, description="The highest score.")
    whole: bool = Field(False, description="Whether points are whole numbers.")
    good: Literal["low", "high"] = Field(
        "high", description="Whether a low or a high result is good."
    )
    uses: dict[Name, Use] = Field({}, description="Resources used by each answer.")


class Target(Table):
    """A number that the simulation should reproduce without any investment.

    `measure` names one of the measures in `sisim.calibration.targets`; `arguments` are what it
    takes. A target that is `held_out` is told apart: nothing was tuned to it.
    """

    label: Text
    measure: str = Field(description="The measure that is compared.")
    arguments: dict[str, Any] = Field({}, description="What the measure takes.")
    low: Float = Field(description="The lowest value that agrees.")
    high: Float = Field(description="The highest value that agrees.")
    unit: Text = Text(sv="andel", en="share")
    source: str = Field(description="Where the statistic comes from.")
    grade: Grade = Field(description="How sure the statistic is.")
    year: Year | Text | None = Field(
        None, description="The year that the number is of, or the years, in words."
    )
    held_out: bool = Field(
        False, description="Held out: no number was tuned to it, so that it tests the pathway."
    )
    miss: Text | None = Field(None, description="Why the target is known to be missed.")

    @property
    def dates(self) -> str:
        """The years that the number is of, in the current language; empty if not stated."""
        return self.year.text if isinstance(self.year, Text) else str(self.year or "")


class Calibration(Table):
    """The plain population in which the targets are looked for, unless asked for otherwise.

    It is open, and everyone in it has been simulated from birth to `max_age` years at most; or with
    `closed` a cohort that is there from the start, followed for `warm_up` years before it is looked
    at.
    """

    residents: People = Field(100_000, description="How many people are simulated.")
    max_age: Age = Field(30, description="The age in years at which people leave.")
    years: Annotated[float, Field(gt=0, le=100)] = Field(
        20, description="How many years are simulated."
    )
    closed: bool = Field(False, description="Whether it is a closed cohort.")
    warm_up: Annotated[float, Field(ge=0, le=200)] | None = Field(
        None, description="Years simulated before it is looked at."
    )


class Pathway(ModelFile):
    """A pathway file."""

    title: Text
    description: Text | None = None
    currency: str = Field(
        KRONA,
        description="The currency of every price in the pathway and of every amount in a scenario "
        'that has it, by its code (ISO 4217): "EUR". sisim knows the price index of kronor only.',
    )
    step: Literal["week", "month", "quarter", "year"] = Field(
        "month", description="How long a step is."
    )
    parameters: dict[Symbol, Parameter] = Field(
        {}, description="Numbers with names, which formulas use."
    )
    principals: dict[Name, Principal] = Field(
        {}, description="The principals to which administrations belong."
    )
    administrations: dict[Name, Administration] = Field({}, description="Who pays.")
    resources: dict[Name, Resource] = Field({}, description="What is used, with its price.")
    weights: dict[Name, Text] = Field(
        {}, description="Outcome weights, such as quality-adjusted life-years."
    )
    attributes: dict[Name, Attribute] = Field(
        {}, description="Background, drawn when a person enters."
    )
    correlations: dict[Name, dict[Name, Number]] = Field(
        {},
        description=(
            "Correlations between attributes, by the normal scores behind their shares or "
            "distributions (a Gaussian copula); each attribute stays as it is by itself."
        ),
    )
    tracks: dict[Name, TrackSpec] = Field(description="The sides of life, each with its states.")
    groups: dict[Name, Group] = Field({}, description="States that are counted together.")
    factors: dict[Name, Factor] = Field(
        {}, description="Multipliers that transitions and uses refer to."
    )
    transitions: dict[Name, Transition] = Field({}, description="How people move between states.")
    groupings: dict[Name, Grouping] = Field(
        {}, description="Features by which counts are kept apart."
    )
    entry: Entry = Entry()
    instruments: dict[Name, Instrument] = Field({}, description="Tests, scales and questionnaires.")
    targets: dict[Name, Target] = Field(
        {}, description="Statistics that the simulation should reproduce."
    )
    calibration: Calibration = Calibration()
    continues: dict[Name, Continuation] = Field(
        {},
        description="The pathways that this one goes on from, by the name that each has in its "
        "file, and where those who leave them begin.",
    )

    @property
    def steps_per_year(self) -> float:
        """Number of steps in a year."""
        return {"week": 365.25 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}[self.step]

    def ends_step(self, months: int) -> bool:
        """Return whether a step ends so many months from the start; of weeks, one ends near it."""
        return months > 0 and nearest_whole(months, self.step) is None
