"""The state table: complete, closed, and the source of everything that is said about states."""

from __future__ import annotations

import pytest

from wordferry.model.states import OPEN, OPERATOR, SETTLED, TABLE, WAITING, State, may_move, mermaid

MOVERS = {"submission", "tms", "delivery", "operator", "nobody"}


def test_every_state_has_one_row() -> None:
    """The table has a row for each state and for nothing else, and its moves lead to states only."""
    assert set(TABLE) == set(State)
    assert {target for row in TABLE.values() for target in row.moves} <= set(State)
    assert all(row.mover in MOVERS and row.means and row.next for row in TABLE.values())


def test_groups_follow_from_the_table() -> None:
    """Settled states are those without a deadline that nobody moves; open ones are all others."""
    assert {state for state, row in TABLE.items() if row.deadline is None} == SETTLED
    assert {state for state, row in TABLE.items() if row.mover == "nobody"} == SETTLED
    assert set(State) == OPEN | SETTLED
    assert not OPEN & SETTLED
    assert {state for state, row in TABLE.items() if row.mover == "operator"} == OPERATOR
    assert {state for state, row in TABLE.items() if row.mover == "tms"} <= WAITING <= OPEN


def test_every_state_can_be_reached_and_left() -> None:
    """From planned every state is reached, and every open state leads to delivered and to cancelled."""
    reached = {State.PLANNED}
    for _ in State:
        reached |= {target for state in reached for target in TABLE[state].moves}
    assert reached == set(State)
    for goal in (State.DELIVERED, State.CANCELLED):
        leading = {goal}
        for _ in State:
            leading |= {state for state, row in TABLE.items() if row.moves & leading}
        assert leading >= OPEN


def test_delivered_is_reached_from_delivering_only() -> None:
    """Nothing is delivered without having been fetched, checked and written."""
    assert {state for state, row in TABLE.items() if State.DELIVERED in row.moves} == {State.DELIVERING}


@pytest.mark.parametrize("state", list(State))
def test_staying_is_always_allowed(state: State) -> None:
    """A state may become itself, and else exactly what its row says."""
    assert may_move(state, state)
    assert {new for new in State if may_move(state, new)} == TABLE[state].moves | {state}


def test_diagram_shows_every_move() -> None:
    """The diagram has one line for each move of the table, one start, and an end for each settled state."""
    lines = [line.strip() for line in mermaid().splitlines()]
    moves = {f"{state} --> {new}" for state, row in TABLE.items() for new in row.moves}
    assert lines[0] == "stateDiagram-v2"
    assert set(lines[1:]) == moves | {"[*] --> planned"} | {f"{state} --> [*]" for state in SETTLED}
    assert len(lines) == len(set(lines))
