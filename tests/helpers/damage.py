"""Files as accidents leave them: emptied, torn, grown, or with bits that have flipped."""

from collections.abc import Callable

from hypothesis import strategies as st

Damage = Callable[[bytes], bytes]


def emptied(_: bytes) -> bytes:
    """Return nothing."""
    return b""


def torn(content: bytes) -> bytes:
    """Return the first half."""
    return content[: len(content) // 2]


def flipped(where: float, bit: int = 0) -> Damage:
    """Return what flips a bit of the byte at a share of the length."""

    def change(content: bytes) -> bytes:
        place = min(int(where * len(content)), len(content) - 1)
        changed = bytes([content[place] ^ 1 << bit])
        return content[:place] + changed + content[place + 1 :]

    return change


def damages() -> st.SearchStrategy[Damage]:
    """Return a strategy for what may have happened to a file."""
    share = st.floats(0, 1, exclude_max=True)
    return st.one_of(
        st.builds(flipped, share, st.integers(0, 7)),
        st.builds(lambda where: lambda content: content[: int(where * len(content))], share),
        st.builds(lambda more: lambda content: content + more, st.binary(min_size=1, max_size=9)),
        st.builds(
            lambda where: (
                lambda content: content[: int(where * len(content))].ljust(len(content), b"\0")
            ),
            share,
        ),
    )
