"""Hypothesis: the same examples every time, and no stopwatch on a shared machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "sisim",
    deadline=None,
    derandomize=True,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("sisim")
