"""The parts every file is made of: strict tables, texts in two languages, numbers with an owner."""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sisim.i18n import Lang, current_language

Grade = Literal["measured", "derived", "literature", "assumption"]
NAME = r"^[a-z][a-z0-9_-]*$"
Name = Annotated[str, Field(pattern=NAME)]
"""A key that files refer to: lower case, digits, hyphen and underscore."""
SYMBOL = r"^[A-Za-z][A-Za-z0-9_]*$"
Symbol = Annotated[str, Field(pattern=SYMBOL)]
"""The name of a parameter as formulas have it: letters, digits and underscore."""
MOST = 1e15
"""No amount, price or other number in a file is greater: sums of more are no longer exact."""
Float = Annotated[float, Field(ge=-MOST, le=MOST)]
"""A number that has no owner of its own."""
People = Annotated[int, Field(gt=0, le=100_000_000)]
"""A number of people, places or residents."""
Age = Annotated[float, Field(gt=0, le=150)]
"""An age in years."""
Duration = Annotated[float, Field(ge=0, le=1200)]
"""A time in months, at most a hundred years."""
Years = Annotated[int, Field(ge=0, le=100)]
"""A number of whole years."""
YearKey = Annotated[str, Field(pattern=r"^\d{4}$")]
"""A calendar year as the key of a table."""
Year = Annotated[int, Field(ge=1, le=9999)]
"""A calendar year."""
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A calendar month."""


class Table(BaseModel):
    """A TOML table whose keys are all known and whose content never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Text(Table):
    """A text that a reader sees, in Swedish and English. A plain string serves both."""

    sv: str = Field(description="The text in Swedish.")
    en: str = Field(description="The text in English.")

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, data: Any) -> Any:
        return {"sv": data, "en": data} if isinstance(data, str) else data

    @property
    def text(self) -> str:
        """The text in the current language."""
        return self.in_language(current_language())

    def in_language(self, lang: Lang) -> str:
        """Return the text in `lang`."""
        return self.sv if lang == "sv" else self.en


class Distribution(Table):
    """How sure a number is: a named distribution (Briggs, Claxton & Sculpher 2006, ch. 4).

    Parameters by name: beta (`alpha`, `beta`, or `mean`, `sd`), gamma (`shape`, `scale`, or
    `mean`, `sd`), lognormal (`meanlog`, `sdlog`), normal (`mean`, `sd`), uniform (`low`, `high`),
    triangular (`low`, `mode`, `high`), fixed (no parameters). Each is a number, or a formula of
    `[parameters]` that is worked out when the file is read, as the ends of a range may be.
    """

    name: Literal["beta", "gamma", "lognormal", "normal", "uniform", "triangular", "fixed"] = Field(
        description="Which distribution it is."
    )
    alpha: Float | None = Field(None, description="The first shape of a beta distribution.")
    beta: Float | None = Field(None, description="The second shape of a beta distribution.")
    shape: Float | None = Field(None, description="The shape of a gamma distribution.")
    scale: Float | None = Field(None, description="The scale of a gamma distribution.")
    mean: Float | None = Field(None, description="The mean.")
    sd: Float | None = Field(None, description="The standard deviation.")
    meanlog: Float | None = Field(None, description="The mean of the logarithm.")
    sdlog: Float | None = Field(None, description="The standard deviation of the logarithm.")
    low: Float | None = Field(None, description="The lowest value.")
    mode: Float | None = Field(None, description="The most likely value.")
    high: Float | None = Field(None, description="The highest value.")

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters that it is given by."""
        values = self.model_dump(exclude={"name"}, exclude_none=True)
        return {name: float(value) for name, value in values.items()}


class Number(Table):
    """A number and who answers for it (law L8). A plain number has no stated owner.

    Instead of a number there may be a formula of parameters, as a text: "1 - exp(-rate * ratio)".
    """

    floor: ClassVar[float] = -inf
    ceiling: ClassVar[float] = inf

    value: Float = Field(description="The number.")
    formula: str | None = None
    low: Float | None = Field(None, description="Lowest plausible value.")
    high: Float | None = Field(None, description="Highest plausible value.")
    distribution: Distribution | None = None
    source: str | None = Field(None, description="Where the number was read, or why it was chosen.")
    grade: Grade | None = Field(None, description="How sure the number is.")
    note: str | None = Field(None, description="What else is to be said of the number.")
    tuned: bool = Field(False, description="Tuned within its range so that the targets are met.")

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, data: Any) -> Any:
        plain = isinstance(data, int | float) and not isinstance(data, bool)
        return {"value": data} if plain else data

    @model_validator(mode="after")
    def _inside_range(self) -> Number:
        low = -inf if self.low is None else self.low
        high = inf if self.high is None else self.high
        if low <= self.value <= high:
            return self
        given = {"value": self.value, "low": self.low, "high": self.high}
        if low > high:
            raise PydanticCustomError("upside_down", "low {low} is over high {high}", given)
        raise PydanticCustomError(
            "outside_range", "value {value} lies outside its range {low}-{high}", given
        )

    @classmethod
    def inside(cls, value: float) -> float:
        """Return `value` moved to where such a number can be: a normal draw may fall outside."""
        return min(max(value, cls.floor), cls.ceiling)

    def __float__(self) -> float:
        return self.value


class Rate(Number):
    """A hazard per unit of time (a year unless `per` says otherwise)."""

    floor = 0.0

    value: float = Field(ge=0, le=MOST, description="The number.")
    per: Literal["year", "month"] = Field(
        "year", description="The unit of time that the rate is per."
    )

    @property
    def per_year(self) -> float:
        """The hazard per year."""
        return self.value * (12.0 if self.per == "month" else 1.0)


class Probability(Number):
    """A probability per step, or of an outcome at a scheduled moment."""

    floor, ceiling = 0.0, 1.0

    value: float = Field(ge=0, le=1, description="The number.")


class Share(Number):
    """A part of a whole, from 0 to 1."""

    floor, ceiling = 0.0, 1.0

    value: float = Field(ge=0, le=1, description="The number.")


class Positive(Number):
    """A number that cannot be negative: an amount, a price, a weight."""

    floor = 0.0

    value: float = Field(ge=0, le=MOST, description="The number.")


class Parameter(Number):
    """A number with a name that formulas use, wherever they stand: see `Number`.

    It is given by a number, with a range or a distribution of its own, or by a formula of others.
    """

    label: Text | None = None
