"""The compiled kernel that moves people: written once, for the run, the replay and the cohort.

A step has two halves. All decisions are made from the snapshot at its start; then all moves are
made (law L2). The letters R V L P B C W are explained in `sisim.engine.tables`.
"""

from sisim.engine.kernel.decisions import choose, choose_moves, decide_all, find_leavers
from sisim.engine.kernel.divergence import diverge, list_at_risk
from sisim.engine.kernel.hazards import (
    chances_of,
    look_up,
    multiplier,
    multiplier_of,
    tabulate_constant_chances,
    transition_values,
    values_of,
)
from sisim.engine.kernel.jit import compiled_function, inlined
from sisim.engine.kernel.leaving import count_remaining
from sisim.engine.kernel.moves import move_all
from sisim.engine.kernel.observation import observe, value_of
from sisim.engine.kernel.peer_shares import count_peers
from sisim.engine.kernel.prevented import list_followed, note_followed
from sisim.engine.kernel.stepping import begin_blocks, begin_step, count_uses, run_blocks
from sisim.engine.kernel.thinning import leaving_bounds

__all__ = [
    "begin_blocks",
    "begin_step",
    "chances_of",
    "choose",
    "choose_moves",
    "compiled_function",
    "count_peers",
    "count_remaining",
    "count_uses",
    "decide_all",
    "diverge",
    "find_leavers",
    "inlined",
    "leaving_bounds",
    "list_at_risk",
    "list_followed",
    "look_up",
    "move_all",
    "multiplier",
    "multiplier_of",
    "note_followed",
    "observe",
    "run_blocks",
    "tabulate_constant_chances",
    "transition_values",
    "value_of",
    "values_of",
]
